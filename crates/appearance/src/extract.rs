//! The characters of glyphs, for readers that extract text: ToUnicode, and ActualText where that is
//! not enough.

use std::ops::Range;

use crate::font::Fonts;
use crate::paragraph::ignorable;
use crate::shape::Run;
use crate::sorted::Sorted;

/// Mapping of a glyph that adds no character to its cluster. Every glyph needs a mapping
/// (ISO 14289-1, 7.21.7).
const NOTHING: &str = "\u{200b}";

/// Glyphs that belong together, and their characters.
pub(crate) struct Cluster<'t> {
    /// Indices into the glyphs of the run.
    pub(crate) glyphs: Range<usize>,
    pub(crate) text: &'t str,
}

/// Clusters of a run, from left to right.
pub(crate) fn clusters<'t>(run: &Run, text: &'t str) -> Vec<Cluster<'t>> {
    let mut starts: Vec<_> = run.glyphs.iter().map(|glyph| glyph.cluster).collect();
    starts.sort_unstable();
    starts.dedup();
    let end = |start: usize| starts.get(starts.partition_point(|other| *other <= start)).copied().unwrap_or(run.range.end);
    let mut clusters: Vec<Cluster<'t>> = Vec::new();
    let mut last = None;
    for (index, glyph) in run.glyphs.iter().enumerate() {
        match clusters.last_mut().filter(|_| last == Some(glyph.cluster)) {
            Some(cluster) => cluster.glyphs.end = index + 1,
            None => clusters.push(Cluster { glyphs: index..index + 1, text: text.get(glyph.cluster..end(glyph.cluster)).unwrap_or("") }),
        }
        last = Some(glyph.cluster);
    }
    clusters
}

/// Characters of the glyphs of a document. A glyph has one mapping, so the first text that uses it
/// decides.
#[derive(Default)]
pub(crate) struct Characters {
    /// By face and glyph.
    map: Sorted<(usize, u16), String>,
}

impl Characters {
    /// Adds the glyphs of a run.
    pub(crate) fn add(&mut self, run: &Run, text: &str, fonts: &Fonts) {
        let characters = fonts.faces[run.face].characters();
        for cluster in clusters(run, text) {
            let shown = visible(cluster.text);
            let glyphs = &run.glyphs[cluster.glyphs];
            if let [glyph] = glyphs {
                self.map.add((run.face, glyph.id), || shown);
                continue;
            }
            // Characters that are drawn as themselves first, then the others in their order.
            let mut rest: Vec<char> = shown.chars().collect();
            let mut others = Vec::new();
            let mut logical: Vec<_> = glyphs.iter().collect();
            if run.rtl {
                logical.reverse();
            }
            for glyph in logical {
                let own = rest.iter().position(|c| characters.glyph(*c) == Some(glyph.id));
                match own {
                    Some(own) => {
                        let own = rest.remove(own);
                        self.map.add((run.face, glyph.id), || own.to_string());
                    }
                    None => others.push(glyph.id),
                }
            }
            let last = others.len().saturating_sub(1);
            for (number, id) in others.into_iter().enumerate() {
                let taken = if number == last { rest.len() } else { rest.len().min(1) };
                let own: String = rest.drain(..taken).collect();
                self.map.add((run.face, id), || if own.is_empty() { NOTHING.to_owned() } else { own });
            }
        }
    }

    /// Glyphs of a face and their characters, in ascending order.
    pub(crate) fn of(&self, face: usize) -> impl Iterator<Item = (u16, &str)> {
        self.map.iter().filter(move |((owner, _), _)| *owner == face).map(|((_, id), text)| (*id, text.as_str()))
    }

    /// The text that a cluster needs beside its mappings: where it has several glyphs, and where
    /// they give another text.
    ///
    /// Readers lose marks that are drawn apart from their letters, and the order of Indic clusters.
    /// Arabic letters without marks have none: Poppler reverses the order of characters in lines
    /// from right to left, those of an ActualText included.
    pub(crate) fn actual_text(&self, run: &Run, cluster: &Cluster<'_>) -> Option<String> {
        let glyphs = &run.glyphs[cluster.glyphs.clone()];
        let mapped = || glyphs.iter().filter_map(|glyph| self.map.get((run.face, glyph.id))).map(String::as_str).collect::<String>();
        let needed = match run.rtl {
            true => glyphs.iter().any(|glyph| glyph.advance == 0) && glyphs.iter().any(|glyph| glyph.advance != 0),
            false => glyphs.len() > 1 || mapped() != visible(cluster.text),
        };
        needed.then(|| cluster.text.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}')).collect())
    }
}

/// A text without characters that are never seen, unless there is nothing else.
fn visible(text: &str) -> String {
    let shown: String = text.chars().filter(|c| !ignorable(*c)).collect();
    if shown.is_empty() { NOTHING.to_owned() } else { shown }
}
