//! What is shown, as the query part of the page's address, so that a link shows the same.
//!
//! | name | values |
//! |---|---|
//! | `model` | a model that comes with the page, by its file's name |
//! | `checkpoint` | any other checkpoint, by a relative path |
//! | `file`, `with-file` | a visitor's own checkpoint, and one beside it, by their names; they are to be chosen again |
//! | `with` | a second model beside it, by its file's name, or any other checkpoint by a relative path |
//! | `device` | `cpu`, `gpu` |
//! | `count` | pictures at a time, 1 to 16 |
//! | `seed`, `sample` | which picture, `sample` from 0 |
//! | `x`, `y` | the marked pixel |
//! | `pins`, `pin` | `x.y` of each pin, `-` for a number not in use, joined by `_`; which is active, from 1. `pins=none`: nothing is marked or pinned |
//! | `region`, `region2` | `x.y_x.y`: two corners; what lies between is asked about together. A third part is a [free form](Form::write) in that rectangle |
//! | `layer` | the map over the picture: 1, 2 … or `none` |
//! | `way` | `to`: who looks at the pixel |
//! | `read` | `only`: only this pixel; `everybody`: the mean row |
//! | `view` | `where`: where every pixel looks; `parts`: which pixels look alike; `bits`: how much of its own each row is |
//! | `scale` | `linear`, `log`, or a percentage: the strongest cells that hold it |
//! | `colours` | a palette's name |
//! | `smooth` | `1` |
//! | `opacity` | of the map over the picture, in percent |
//! | `across` | `1`: the pixel in every sample |
//! | `room` | `train` |
//!
//! What is changed has [names](super::edits_address) of [its own](super::moves_address), and [`Frame`] has some. What is missing or makes no sense takes its default; the
//! [query](super::query) knows afterwards what made none. `pinned=1` with `x` and `y`, which older
//! links have, is one pin.

use crate::page::attention::field::Sight;
use crate::page::attention::form::Form;
use crate::page::attention::lens::{Direction, Lens};
use crate::page::attention::palette::Palette;
use crate::page::attention::pixel::Point;
use crate::page::attention::region::Region;
use crate::page::attention::scale::Scale;
use crate::protocol::DeviceChoice;

use super::changes::Changes;
use super::changes_address;
use super::frame::Frame;
use super::looking::{Display, Looking};
use super::models::Model;
use super::origin::Origin;
use super::pins::{MOST_PINS, Mark, Pins};
use super::query::Query;
use super::room::Room;
use super::settings::{FIRST_SEED, MOST_SAMPLES, Settings, check_path};

/// The layer whose map lies over the picture at first where the model does not say: the second,
/// which is the finer of two.
const FIRST_OVERLAY: usize = 1;

/// The most layers that an address can name.
const MOST_LAYERS: usize = 8;

const DEVICES: [(&str, DeviceChoice); 2] = [("cpu", DeviceChoice::Cpu), ("gpu", DeviceChoice::Gpu)];

const DIRECTIONS: [(&str, Direction); 2] = [("from", Direction::From), ("to", Direction::To)];

const LENSES: [(&str, Lens); 4] = [
    ("looks", Lens::LooksAt),
    ("only", Lens::OnlyThis),
    ("lose", Lens::WouldLose),
    ("everybody", Lens::Everybody),
];

const SIGHTS: [(&str, Sight); 4] = [
    ("pixel", Sight::Pixel),
    ("where", Sight::Whither),
    ("parts", Sight::Parts),
    ("bits", Sight::Bits),
];

/// What the address says.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// What the engine is started with.
    pub settings: Settings,
    /// Where the second model's weights are, if there is one.
    pub second: Option<Origin>,
    /// The seed of the pictures.
    pub seed: u64,
    /// Which picture is shown large.
    pub sample: usize,
    /// What is changed while it is drawn.
    pub edits: Changes,
    /// How it is looked at.
    pub looking: Looking,
    /// How much of the page is shown.
    pub frame: Frame,
    /// Where the visitor is.
    pub room: Room,
}

impl Address {
    /// Reads an address.
    pub fn read(query: &Query) -> Self {
        let model = query.value("model", Model::of_key);
        let settings = Settings {
            device: query.word("device", &DEVICES).unwrap_or_default(),
            count: query
                .value("count", |text| {
                    let count = text.parse().ok();
                    count.filter(|n| (1..=MOST_SAMPLES).contains(n))
                })
                .unwrap_or(MOST_SAMPLES),
            checkpoint: query
                .value("file", read_file)
                .or_else(|| query.value("checkpoint", |path| Some(Origin::Site(path.to_owned()))))
                .unwrap_or_else(|| Origin::of(model.unwrap_or(Model::first()))),
        };
        let seed = query.number("seed");
        let sample = query.value("sample", |text| {
            let sample = text.parse::<usize>().ok();
            sample.filter(|&sample| sample < settings.count as usize)
        });
        let room = query.word("room", &[("train", Room::Train)]);
        let room = room.unwrap_or_default();
        // A model's first look is at one picture of the first seed, and of use nowhere else.
        let first = seed.unwrap_or(FIRST_SEED) == FIRST_SEED && sample.is_none();
        let first_look = settings
            .model()
            .filter(|_| first && room == Room::Look)
            .map(Model::first_look);
        Self {
            second: query
                .value("with-file", read_file)
                .or_else(|| query.value("with", read_second)),
            seed: seed.unwrap_or(FIRST_SEED),
            sample: sample.unwrap_or(first_look.map_or(0, |look| look.sample)),
            edits: changes_address::read(query),
            looking: Looking {
                pins: read_pins(query).unwrap_or_else(|| {
                    Pins::marked(first_look.map_or(Mark::Unset, |look| Mark::At(look.at)))
                }),
                region: query.value("region", read_region),
                second: query
                    .value("region", read_region)
                    .and_then(|_| query.value("region2", read_region)),
                overlay: query
                    .value("layer", read_layer)
                    .unwrap_or_else(|| Some(first_look.map_or(FIRST_OVERLAY, |look| look.layer))),
                direction: query.word("way", &DIRECTIONS).unwrap_or_default(),
                lens: query.word("read", &LENSES).unwrap_or_default(),
                sight: query.word("view", &SIGHTS).unwrap_or_default(),
                display: Display {
                    scale: query.value("scale", read_scale).unwrap_or_default(),
                    palette: query.value("colours", Palette::of_name).unwrap_or_default(),
                    smooth: query
                        .word("smooth", &[("1", true), ("0", false)])
                        .unwrap_or_default(),
                    opacity: query
                        .value("opacity", |text| {
                            let percent = text.parse().ok();
                            percent.filter(|percent| (0..=100).contains(percent))
                        })
                        .unwrap_or(100),
                },
                across: query
                    .word("across", &[("1", true), ("0", false)])
                    .unwrap_or_default(),
                has_pointed: false,
            },
            frame: Frame::read(query),
            room,
            settings,
        }
    }

    /// The names and values that say the same, without those that have their defaults.
    pub fn write(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        let mut put = |name, value: &str| pairs.push((name, value.to_owned()));
        match (self.settings.model(), &self.settings.checkpoint) {
            (Some(model), _) if model == Model::first() => {}
            (Some(model), _) => put("model", model.key()),
            (None, Origin::Site(path)) => put("checkpoint", path),
            (None, Origin::Own(own)) => put("file", &own.name),
        }
        match &self.second {
            None => {}
            Some(Origin::Site(path)) => put(
                "with",
                Model::of_path(path).map_or(path.as_str(), |model| model.key()),
            ),
            Some(Origin::Own(own)) => put("with-file", &own.name),
        }
        put("seed", &self.seed.to_string());
        put("sample", &self.sample.to_string());
        let Looking {
            pins,
            region,
            second,
            overlay,
            direction,
            lens,
            sight,
            display,
            across,
            ..
        } = self.looking;
        match (pins.active(), pins.mark()) {
            (Some(active), _) => {
                put("pins", &write_pins(&pins));
                if pins.count() > 1 {
                    put("pin", &(active + 1).to_string());
                }
            }
            (None, Mark::At(Point { x, y })) => {
                put("x", &x.to_string());
                put("y", &y.to_string());
            }
            (None, Mark::Cleared) => put("pins", "none"),
            (None, Mark::Unset) => {}
        }
        let regions = [("region", region), ("region2", second)];
        let regions = regions.map(|(name, region)| Some((name, region?)));
        for (name, region) in regions.into_iter().flatten() {
            let (a, b) = (region.first(), region.last());
            let form = region.form().map(|form| format!("_{}", form.write()));
            let form = form.unwrap_or_default();
            put(name, &format!("{}.{}_{}.{}{form}", a.x, a.y, b.x, b.y));
        }
        put(
            "layer",
            &overlay.map_or("none".to_owned(), |layer| (layer + 1).to_string()),
        );
        if direction == Direction::To {
            put("way", "to");
        }
        match lens {
            Lens::LooksAt => {}
            Lens::OnlyThis => put("read", "only"),
            Lens::WouldLose => put("read", "lose"),
            Lens::Everybody => put("read", "everybody"),
        }
        match sight {
            Sight::Pixel => {}
            Sight::Whither => put("view", "where"),
            Sight::Parts => put("view", "parts"),
            Sight::Bits => put("view", "bits"),
        }
        match display.scale {
            Scale::Fixed => {}
            Scale::Linear => put("scale", "linear"),
            Scale::Log => put("scale", "log"),
            Scale::Strongest(percent) => put("scale", &percent.to_string()),
        }
        if display.palette != Palette::default() {
            put("colours", display.palette.name());
        }
        if display.smooth {
            put("smooth", "1");
        }
        if display.opacity != 100 {
            put("opacity", &display.opacity.to_string());
        }
        if across {
            put("across", "1");
        }
        match self.settings.device {
            DeviceChoice::Auto => {}
            DeviceChoice::Cpu => put("device", "cpu"),
            DeviceChoice::Gpu => put("device", "gpu"),
        }
        if self.room == Room::Train {
            put("room", "train");
        }
        if self.settings.count != MOST_SAMPLES {
            put("count", &self.settings.count.to_string());
        }
        pairs.extend(changes_address::write(&self.edits));
        pairs.extend(self.frame.write());
        pairs
    }
}

/// The longest name of a file that an address is taken to mean, in characters: no system knows longer
/// ones.
const LONGEST_NAME: usize = 255;

fn read_file(name: &str) -> Option<Origin> {
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    fits.then(|| Origin::awaited(name))
}

/// What the address says of pixels; `None` if nothing that makes sense.
fn read_pins(query: &Query) -> Option<Pins> {
    let active = query
        .value("pin", |text| {
            let number = text.parse::<usize>().ok();
            number.filter(|number| (1..=MOST_PINS).contains(number))
        })
        .unwrap_or(1);
    if let Some(pins) = query.value("pins", |text| listed_pins(text, active - 1)) {
        return Some(pins);
    }
    let pixel = Point {
        x: query.number("x")?,
        y: query.number("y")?,
    };
    let mut pins = Pins::marked(Mark::At(pixel));
    if query.word("pinned", &[("1", true), ("0", false)]) == Some(true) {
        pins.pin(pixel);
    }
    Some(pins)
}

/// `-` for a number that is not in use; nothing where any other place is none.
fn listed_pins(text: &str, active: usize) -> Option<Pins> {
    if text == "none" {
        return Some(Pins::marked(Mark::Cleared));
    }
    let mut places = [None; MOST_PINS];
    for (number, text) in text.split('_').enumerate() {
        if text != "-" {
            let (x, y) = text.split_once('.')?;
            let (x, y) = (x.parse().ok()?, y.parse().ok()?);
            *places.get_mut(number)? = Some(Point { x, y });
        }
    }
    let any = places.iter().any(Option::is_some);
    any.then(|| Pins::pinned(places, active))
}

/// A model's name, or a path, which has a dot or a stroke in it.
fn read_second(text: &str) -> Option<Origin> {
    match Model::of_key(text) {
        Some(model) => Some(Origin::of(model)),
        None if text.contains(['.', '/']) && check_path(text).is_ok() => {
            Some(Origin::Site(text.to_owned()))
        }
        None => None,
    }
}

/// Two corners, and a form within, if there is one.
fn read_region(text: &str) -> Option<Region> {
    let corner = |text: &str| {
        let (x, y) = text.split_once('.')?;
        let (x, y) = (x.parse().ok()?, y.parse().ok()?);
        Some(Point { x, y })
    };
    let mut parts = text.split('_');
    let rectangle = Region::between(corner(parts.next()?)?, corner(parts.next()?)?);
    let form = parts.next().map(Form::read);
    match (form, parts.next()) {
        (None, None) => Some(rectangle),
        (Some(form), None) => Some(rectangle.of_its_form(form?)),
        (_, Some(_)) => None,
    }
}

/// A layer counted from 1, or none.
fn read_layer(text: &str) -> Option<Option<usize>> {
    if text == "none" {
        return Some(None);
    }
    let layer = text.parse().ok();
    let layer = layer.filter(|layer| (1..=MOST_LAYERS).contains(layer))?;
    Some(Some(layer - 1))
}

/// Up to the last pin that there is.
fn write_pins(pins: &Pins) -> String {
    let mut texts = Vec::new();
    for (number, Point { x, y }) in pins.iter() {
        texts.resize(number, "-".to_owned());
        texts.push(format!("{x}.{y}"));
    }
    texts.join("_")
}

fn read_scale(text: &str) -> Option<Scale> {
    match text {
        "fixed" => Some(Scale::Fixed),
        "linear" => Some(Scale::Linear),
        "log" => Some(Scale::Log),
        percent => {
            let percent = percent.parse().ok();
            let percent = percent.filter(|percent| (1..=100).contains(percent));
            percent.map(Scale::Strongest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::models::FirstLook;
    use super::*;
    use proptest::prelude::*;

    fn query(pairs: &[(&str, String)]) -> Query {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        Query::new(owned)
    }

    fn read(pairs: &[(&str, String)]) -> Address {
        Address::read(&query(pairs))
    }

    fn pairs_of(text: &str) -> Vec<(&str, String)> {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .map(|(name, value)| (name, value.to_owned()))
            .collect()
    }

    fn read_text(text: &str) -> Address {
        read(&pairs_of(text))
    }

    #[test]
    fn an_empty_address_is_the_first_models_first_look() {
        let address = read(&[]);
        let FirstLook { sample, at, layer } = Model::first().first_look();
        assert_eq!(address.settings, Settings::default());
        assert_eq!((address.seed, address.sample), (FIRST_SEED, sample));
        assert_eq!(address.looking.overlay, Some(layer));
        assert_eq!(address.looking.pins, Pins::marked(Mark::At(at)));
        assert_eq!(address.looking.lens, Lens::LooksAt);
    }

    #[test]
    fn other_pictures_than_the_first_have_no_first_look() {
        for query in [
            "seed=5",
            "sample=3",
            "checkpoint=runs/a.safetensors",
            "file=G.pth",
            "room=train",
        ] {
            let address = read_text(query);
            assert_eq!(address.looking.pins, Pins::marked(Mark::Unset), "{query}");
            assert_eq!(address.looking.overlay, Some(FIRST_OVERLAY), "{query}");
        }
    }

    #[test]
    fn nonsense_takes_its_default() {
        let nonsense = "seed=-3&sample=16&count=17&device=quantum&x=5&pinned=1&pins=a.b_7&pin=9&layer=99\
                        &model=none&read=minds&way=out&scale=0&colours=Inferno&smooth=yes&embed=2&region=3.4&y=4.5&with=nobody&opacity=101&across=no&new=1";
        assert_eq!(read_text(nonsense), read(&[]));
        let query = query(&pairs_of(nonsense));
        Address::read(&query);
        // A number makes sense by itself, and `pinned` is only asked for beside a pixel.
        let wanted = nonsense.split('&').filter(|&pair| pair != "x=5");
        assert_eq!(query.left_over(), wanted.collect::<Vec<_>>());
    }

    #[test]
    fn nothing_that_the_page_writes_is_left_over() {
        let all = "model=butterflies&with=plain-faces&seed=5&sample=2&pins=-_1.9_-_3.9&pin=4&region=3.4_5.6&region2=7.8_9.9&layer=none&way=to&read=only\
                   &view=parts&scale=35&colours=grey&smooth=1&opacity=40&across=1&device=cpu&count=4&embed=1&hide=samples&theme=dark";
        let query = query(&pairs_of(all));
        let written = Address::read(&query).write();
        assert_eq!(query.left_over(), Vec::<String>::new());
        let written: Vec<String> = written.iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(written.join("&"), all);
    }

    #[test]
    fn a_second_model_is_one_of_the_pages_or_a_file_of_its_site() {
        let second = |text: &str| read(&[("with", text.to_owned())]).second;
        assert_eq!(
            second(Model::first().key()),
            Some(Origin::of(Model::first()))
        );
        assert_eq!(
            second("runs/a.safetensors"),
            Some(Origin::Site("runs/a.safetensors".into()))
        );
        for text in ["nobody", "../a.safetensors", "//other.site/a.safetensors"] {
            assert_eq!(second(text), None, "{text}");
        }
    }

    #[test]
    fn a_free_form_stands_in_the_address_and_a_broken_one_is_left_over() {
        let form = "32.5.7.4.3.f6f";
        let text = format!("seed=1&region=10.14_17.19_{form}&region2=46.14_53.19");
        let looking = read_text(&text).looking;
        let wanted = Form::read(form).map(|form| Region::of_form(form, 64));
        assert_eq!(looking.region, wanted);
        assert!(looking.second.is_some_and(|second| second.form().is_none()));
        let written = read_text(&text).write();
        assert!(written.contains(&("region", format!("10.14_17.19_{form}"))));
        for broken in [
            "10.14_17.19_32.5.7.4.3.f",
            "10.14_17.19_",
            "10.14_17.19_32.5.7.4.3.f6f_1",
        ] {
            let query = query(&[("region", broken.to_owned())]);
            assert_eq!(Address::read(&query).looking.region, None, "{broken}");
            assert_eq!(query.left_over(), [format!("region={broken}")]);
        }
    }

    #[test]
    fn links_from_before_there_were_several_pins_still_work() {
        let pins = read_text("seed=5&x=21&y=34&pinned=1").looking.pins;
        assert_eq!(
            (pins.pixel(), pins.count()),
            (Some(Point { x: 21, y: 34 }), 1)
        );
    }

    #[test]
    fn a_pin_keeps_its_number() {
        let mut pins = Pins::marked(Mark::Unset);
        (0..4).for_each(|x| pins.add(Point { x, y: 9 }));
        pins.release(0);
        pins.release(2);
        assert_eq!(write_pins(&pins), "-_1.9_-_3.9");
    }

    fn some_pins() -> impl Strategy<Value = Pins> {
        let point = || (0u32..64, 0u32..64).prop_map(|(x, y)| Point { x, y });
        let places = prop::collection::hash_set((0u32..64, 0u32..64), 0..=MOST_PINS);
        prop_oneof![
            Just(Pins::marked(Mark::Unset)),
            Just(Pins::marked(Mark::Cleared)),
            point().prop_map(|p| Pins::marked(Mark::At(p))),
            (places, 0..MOST_PINS, 0..MOST_PINS).prop_map(|(places, gone, active)| {
                let mut pins = Pins::marked(Mark::Unset);
                places
                    .into_iter()
                    .for_each(|(x, y)| pins.add(Point { x, y }));
                if pins.count() > 1 {
                    pins.release(gone);
                }
                pins.activate(active);
                pins
            }),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            (seed, sample, count) in (any::<u64>(), 0usize..16, 1u32..=16),
            (overlay, region, again) in (prop::option::of(0usize..3), prop::option::of((0u32..64, 0u32..64, 0u32..64, 0u32..64)), any::<bool>()),
            pins in some_pins(),
            (to, lens, sight, smooth) in (any::<bool>(), 0usize..4, 0usize..4, any::<bool>()),
            (scale, percent, palette) in (0..4, 1u8..=100, 0usize..5),
            (opacity, across) in (0u8..=100, any::<bool>()),
            device in prop::sample::select(vec![DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::Gpu]),
            room in prop::sample::select(Room::ALL.to_vec()),
            checkpoint in prop::sample::select(vec![Origin::Site("runs/a.safetensors".into()), Origin::awaited("G & D (3).pth")]),
            second in prop::sample::select(vec![None, Some(Origin::Site("runs/b.safetensors".into())), Some(Origin::awaited("D?.pth"))]),
        ) {
            let scale = [Scale::Fixed, Scale::Linear, Scale::Log, Scale::Strongest(percent)][scale as usize];
            let looking = Looking {
                pins,
                region: region.map(|(a, b, c, d)| Region::between(Point { x: a, y: b }, Point { x: c, y: d })),
                second: region.filter(|_| again).map(|(a, b, c, d)| Region::between(Point { x: d, y: c }, Point { x: b, y: a })),
                overlay,
                direction: if to { Direction::To } else { Direction::From },
                lens: Lens::ALL[lens],
                sight: Sight::ALL[sight],
                display: Display { scale, palette: Palette::ALL[palette], smooth, opacity },
                across,
                has_pointed: false,
            };
            let settings = Settings { device, count, checkpoint };
            let sample = sample.min(count as usize - 1);
            let written = Address { settings, second, seed, sample, edits: Changes::default(), looking, frame: Frame::default(), room };
            let back = read(&written.write());
            // What is marked behind pins is of no interest to anybody.
            let places = |address: &Address| (address.looking.pins.iter().collect::<Vec<_>>(), address.looking.pins.active(), address.looking.pins.pixel());
            prop_assert_eq!(places(&back), places(&written));
            let without_pins = |address: Address| Address { looking: Looking { pins: Pins::marked(Mark::Unset), ..address.looking }, ..address };
            if !pins.held() {
                prop_assert_eq!(back.looking.pins, written.looking.pins);
            }
            prop_assert_eq!(without_pins(back), without_pins(written));
        }
    }
}
