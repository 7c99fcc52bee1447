//! PNG predictors (ISO 32000-2, 7.4.4.4; ISO/IEC 15948, 9), undone row by row.

/// Restores a row in place. `pixel` is the number of bytes from a byte to the corresponding one of the pixel before; `above` is the
/// restored row before, as long as `row`, or zeros.
///
/// Returns `None` for a filter type that does not exist.
pub(super) fn restore_row(filter: u8, pixel: usize, above: &[u8], row: &mut [u8]) -> Option<()> {
    let before = |row: &[u8], at: usize| at.checked_sub(pixel).map_or(0, |before| row[before]);
    match filter {
        0 => {}
        1 => (0..row.len()).for_each(|at| row[at] = row[at].wrapping_add(before(row, at))),
        2 => row.iter_mut().zip(above).for_each(|(byte, above)| *byte = byte.wrapping_add(*above)),
        3 => (0..row.len()).for_each(|at| row[at] = row[at].wrapping_add(before(row, at).midpoint(above[at]))),
        4 => (0..row.len()).for_each(|at| row[at] = row[at].wrapping_add(paeth(before(row, at), above[at], before(above, at)))),
        _ => return None,
    }
    Some(())
}

/// Restores `data` in place: rows of `row` bytes, each after its filter type. Returns `None` for an incomplete row and an unknown type.
pub(super) fn restore(mut data: Vec<u8>, pixel: usize, row: usize) -> Option<Vec<u8>> {
    let rows = data.len() / row.checked_add(1)?;
    if rows * (row + 1) != data.len() {
        return None;
    }
    let first = vec![0; row];
    for index in 0..rows {
        let (from, at) = (index * (row + 1), index * row);
        let filter = data[from];
        data.copy_within(from + 1..from + 1 + row, at);
        let (before, current) = data.split_at_mut(at);
        let above = at.checked_sub(row).map_or(first.as_slice(), |start| &before[start..]);
        restore_row(filter, pixel, above, &mut current[..row])?;
    }
    data.truncate(rows * row);
    Some(data)
}

/// The neighbour that is nearest to `left + above - corner`; of equally near ones the first in this order.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |neighbour: u8| (estimate - i16::from(neighbour)).abs();
    [left, above, corner].into_iter().min_by_key(|neighbour| distance(*neighbour)).unwrap_or(left)
}
