//! How the address names where the latent vector is moved, and noise that is drawn anew.
//!
//! | name | values |
//! |---|---|
//! | `toward` | `5*0.4`: 0.4 of the way from the chosen sample to sample 5 |
//! | `truncation` | the factor on the latent vector, from 0 to 1.5 |
//! | `nudge` | steps: `d1*2.5` along direction 1, `17*-1` along number 17; joined by `_` |
//! | `noise` | `7`: noise drawn anew from seed 7; `7*10.12_20.30`: only between two corners |

use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::protocol::{Along, Moves, Nudge, Toward};

use super::changes::{Anew, MOST_NUDGE, MOST_SCALE};
use super::query::Query;

/// The most numbers of a latent vector, and steps.
const MOST_NUMBERS: u32 = 4096;
const MOST_NUDGES: usize = 32;

/// What the address says; what makes no sense moves nothing.
pub fn read(query: &Query) -> (Moves, Option<Anew>) {
    let moves = Moves {
        toward: query.value("toward", read_toward),
        scale: query
            .value("truncation", |text| within(text, 0.0, MOST_SCALE))
            .unwrap_or(1.0),
        nudges: query.value("nudge", read_nudges).unwrap_or_default(),
    };
    (moves, query.value("noise", read_noise))
}

/// The names and values that say the same.
pub fn write(moves: &Moves, noise: Option<&Anew>) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if let Some(Toward { picture, part }) = moves.toward {
        pairs.push(("toward", format!("{picture}*{part}")));
    }
    if moves.scale != 1.0 {
        pairs.push(("truncation", moves.scale.to_string()));
    }
    if !moves.nudges.is_empty() {
        let texts: Vec<String> = moves.nudges.iter().map(write_nudge).collect();
        pairs.push(("nudge", texts.join("_")));
    }
    if let Some(Anew { seed, region }) = noise {
        let place = region.map(|region| {
            let (a, b) = (region.first(), region.last());
            format!("*{}.{}_{}.{}", a.x, a.y, b.x, b.y)
        });
        pairs.push(("noise", format!("{seed}{}", place.unwrap_or_default())));
    }
    pairs
}

fn within(text: &str, least: f32, most: f32) -> Option<f32> {
    let value = text.parse().ok()?;
    (least..=most).contains(&value).then_some(value)
}

fn read_toward(text: &str) -> Option<Toward> {
    let (picture, part) = text.split_once('*')?;
    Some(Toward {
        picture: picture.parse().ok()?,
        part: within(part, 0.0, 1.0)?,
    })
}

/// All of them, or nothing where one makes no sense.
fn read_nudges(text: &str) -> Option<Vec<Nudge>> {
    let nudges: Vec<Nudge> = text.split('_').map(read_nudge).collect::<Option<_>>()?;
    (nudges.len() <= MOST_NUDGES).then_some(nudges)
}

fn read_nudge(text: &str) -> Option<Nudge> {
    let (along, by) = text.split_once('*')?;
    let from_1 = |text: &str| {
        let number: u32 = text.parse().ok()?;
        (1..=MOST_NUMBERS).contains(&number).then(|| number - 1)
    };
    Some(Nudge {
        along: match along.strip_prefix('d') {
            Some(direction) => Along::Direction(from_1(direction)?),
            None => Along::Number(from_1(along)?),
        },
        by: within(by, -MOST_NUDGE, MOST_NUDGE)?,
    })
}

fn write_nudge(Nudge { along, by }: &Nudge) -> String {
    match along {
        Along::Direction(direction) => format!("d{}*{by}", direction + 1),
        Along::Number(number) => format!("{}*{by}", number + 1),
    }
}

fn read_noise(text: &str) -> Option<Anew> {
    let (seed, place) = match text.split_once('*') {
        None => (text, None),
        Some((seed, place)) => (seed, Some(place)),
    };
    let corner = |text: &str| {
        let (x, y) = text.split_once('.')?;
        let (x, y) = (x.parse().ok()?, y.parse().ok()?);
        Some(Point { x, y })
    };
    let region = match place {
        None => None,
        Some(place) => {
            let (a, b) = place.split_once('_')?;
            Some(Region::between(corner(a)?, corner(b)?))
        }
    };
    Some(Anew {
        seed: seed.parse().ok()?,
        region,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn query(pairs: &[(&'static str, String)]) -> Query {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        Query::new(owned)
    }

    #[test]
    fn nonsense_moves_nothing() {
        for (name, value) in [
            ("toward", "5"),
            ("toward", "5*1.5"),
            ("toward", "5*NaN"),
            ("toward", "-1*0.5"),
            ("truncation", "2"),
            ("truncation", "-0.1"),
            ("nudge", "d0*1"),
            ("nudge", "d1*11"),
            ("nudge", "1*inf"),
            ("nudge", "d1*1_x"),
            ("nudge", "5000*1"),
            ("noise", "x"),
            ("noise", "7*1.2"),
        ] {
            let query = query(&[(name, value.to_owned())]);
            assert_eq!(read(&query), (Moves::default(), None), "{name}={value}");
            assert_eq!(query.left_over(), [format!("{name}={value}")]);
        }
    }

    fn some_nudge() -> impl Strategy<Value = Nudge> {
        let along = prop_oneof![
            (0u32..128).prop_map(Along::Number),
            (0u32..128).prop_map(Along::Direction),
        ];
        (along, -10f32..=10.0).prop_map(|(along, by)| Nudge { along, by })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            toward in prop::option::of((0u32..16, 0f32..=1.0)),
            scale in 0f32..=1.5,
            nudges in prop::collection::vec(some_nudge(), 0..4),
            noise in prop::option::of((any::<u64>(), prop::option::of((0u32..64, 0u32..64, 0u32..64, 0u32..64)))),
        ) {
            let toward = toward.map(|(picture, part)| Toward { picture, part });
            let moves = Moves { toward, scale, nudges };
            let noise = noise.map(|(seed, region)| Anew {
                seed,
                region: region.map(|(a, b, c, d)| Region::between(Point { x: a, y: b }, Point { x: c, y: d })),
            });
            let written = query(&write(&moves, noise.as_ref()));
            prop_assert_eq!(read(&written), (moves, noise));
            prop_assert_eq!(written.left_over(), Vec::<String>::new());
        }
    }
}
