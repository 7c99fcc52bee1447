//! Names of the system's users.

use crate::io::{Access, Io, Operation, StorePath};
use crate::limits;

/// Lines of `name:password:number:…` (passwd(5)). Users of a directory service are not in it, and keep their number.
const USERS: &[u8] = b"/etc/passwd";

/// Name of a user, or the number where the system lists none.
pub(super) async fn name(io: &Io, number: u32) -> String {
    let list = read(io).await.unwrap_or_default();
    let text = number.to_string();
    let line = list.lines().find(|line| line.split(':').nth(2) == Some(&text));
    let name = line.and_then(|line| line.split(':').next()).filter(|name| !name.is_empty() && !name.contains(char::is_control));
    name.map_or(text, str::to_owned)
}

async fn read(io: &Io) -> Option<String> {
    let handle = io.new_handle();
    let operations = vec![
        Operation::Open { handle, path: StorePath(USERS.to_vec()), access: Access::Read },
        Operation::Read { handle, offset: 0, length: limits::USERS },
        Operation::Close { handle },
    ];
    let mut results = io.store(operations).await.ok()?;
    String::from_utf8(results.skip().bytes().ok()?).ok()
}
