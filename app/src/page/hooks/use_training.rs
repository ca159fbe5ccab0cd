//! Asks the engine about training, and tells the state what it answers.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Uint8Array;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;
use yew::prelude::*;

use super::use_past::use_past;
use super::use_rival::use_rival;
use crate::js::{call, get, global};
use crate::page::engine::download::download;
use crate::page::engine::handle::Engine;
use crate::page::engine::numbers::{RIVAL, RUN, RUN_PICTURES};
use crate::page::line::say;
use crate::page::save::save_file;
use crate::page::training::form::{Form, OWN_ALBUM};
use crate::page::training::presets::PRESETS;
use crate::page::training::readings::{PICTURES, PICTURES_SEED};
use crate::page::training::rival::RivalAction;
use crate::page::training::state::{Interrupted, Phase, TrainingAction as A, Wanted};
use crate::page::training::tabs::Said;
use crate::page::view::engine::EngineAction;
use crate::page::view::models::{FOLDER, Model};
use crate::page::view::room::Room;
use crate::page::view::state::State;
use crate::page::visibility::is_hidden;
use crate::protocol::{
    Claim, DeviceChoice, DrawReply, Half, LiveSettings, Networks, Pictures, Source, Train,
    TrainReply,
    wire::{File, Files},
};

/// Pictures of a run that goes on are drawn after so many milliseconds, and never for more than one
/// part in so many of the time.
const REDRAW_MILLIS: f64 = 3000.0;
const REDRAW_SHARE: f64 = 12.0;

type Dispatch = UseReducerDispatcher<State>;

/// What can be asked about training, each with its way back into the state.
#[derive(Clone, PartialEq)]
pub struct Asks {
    engine: Engine,
    dispatch: Dispatch,
    device: DeviceChoice,
    /// Whether there is a second run, which does what the first does.
    rival: bool,
}

impl Asks {
    /// Begins the run that the form describes, and goes on with it at once.
    pub fn begin(&self, form: &Form) {
        self.begin_and(form, None, None, |asks| asks.go(None));
    }

    /// As [`begin`](Self::begin), with the networks of a model that comes with the page.
    pub fn begin_with_model(&self, form: &Form, model: &'static Model) {
        let Some(discriminator) = model.discriminator else {
            return;
        };
        let paths = [model.path(), format!("{FOLDER}{discriminator}")];
        let (asks, form) = (self.clone(), form.clone());
        asks.tell(A::Opening);
        spawn_local(async move {
            match downloaded(&paths).await {
                Ok([generator, discriminator]) => {
                    let networks = Networks {
                        generator: File(generator),
                        discriminator: File(discriminator),
                        name: model.name.to_owned(),
                    };
                    asks.begin_and(&form, Some(networks), None, |asks| asks.go(None));
                }
                Err(sentence) => asks.tell(A::Opened(TrainReply::Failed { sentence })),
            }
        });
    }

    /// As [`begin`](Self::begin), with the networks in a run's file, or in a generator's and its
    /// discriminator's.
    pub fn begin_with_files(&self, form: &Form, files: Vec<web_sys::File>) {
        let (asks, form) = (self.clone(), form.clone());
        asks.tell(A::Opening);
        spawn_local(async move {
            let names: Vec<_> = files.iter().map(web_sys::File::name).collect();
            let name = names.join(" and ");
            // One file is both networks'; its bytes change hands twice.
            let both = files.iter().chain(&files).take(2);
            let mut read = Vec::new();
            for file in both {
                if let Ok(buffer) = JsFuture::from(file.array_buffer()).await {
                    read.push(File(Uint8Array::new(&buffer)));
                }
            }
            match <[File; 2]>::try_from(read) {
                Ok([generator, discriminator]) if files.len() <= 2 => {
                    let networks = Networks {
                        generator,
                        discriminator,
                        name,
                    };
                    asks.begin_and(&form, Some(networks), None, |asks| asks.go(None));
                }
                _ => {
                    let sentence = format!(
                        "{name} could not be taken; choose the file of a run, or two: a generator's and its discriminator's."
                    );
                    asks.tell(A::Opened(TrainReply::Failed { sentence }));
                }
            }
        });
    }

    /// Begins two runs of the form's seed and pictures side by side, by their places in
    /// [`PRESETS`], and goes on with both in turns.
    pub fn begin_pair(&self, form: &Form, (first, second): (usize, usize)) {
        let [first, second] = [PRESETS[first], PRESETS[second]];
        let rival = second.of(form);
        let names = Some([first.name, second.name]);
        self.begin_and(&first.of(form), None, names, move |asks| {
            asks.begin_rival(&rival);
        });
    }

    fn begin_rival(&self, form: &Form) {
        let ask = Train::Begin {
            run: RIVAL,
            config: form.config(),
            networks: None,
            from: form.from.clone(),
            device: self.device,
            keep: false,
        };
        let both = Self {
            rival: true,
            ..self.clone()
        };
        self.engine.train(ask, move |reply| {
            let ended = matches!(reply, TrainReply::Ready { .. } | TrainReply::Failed { .. });
            let ready = matches!(reply, TrainReply::Ready { .. });
            both.tell(A::Rival(RivalAction::Opened(reply)));
            if ended {
                let rival = ready;
                Self {
                    rival,
                    ..both.clone()
                }
                .go(None);
            }
        });
    }

    fn begin_and(
        &self,
        form: &Form,
        networks: Option<Networks>,
        pair: Option<[&'static str; 2]>,
        then: impl Fn(&Self) + 'static,
    ) {
        persist();
        let ask = Train::Begin {
            run: RUN,
            config: form.config(),
            networks,
            from: form.from.clone(),
            device: self.device,
            keep: true,
        };
        self.tell(A::Opening);
        if let Some(names) = pair {
            self.tell(A::Rival(RivalAction::Opening(names)));
        }
        let asks = self.clone();
        self.engine.train(ask, move |reply| {
            let ready = matches!(reply, TrainReply::Ready { .. });
            asks.tell(A::Opened(reply));
            if ready {
                then(&asks);
            }
        });
    }

    /// Opens a run in the browser's storage, to go on with.
    pub fn restore(&self, id: u64) {
        self.want(id, Claim::Keep, false);
    }

    /// Opens a run that another tab keeps, as it was kept last.
    pub fn watch(&self, id: u64) {
        self.want(id, Claim::Look, false);
    }

    /// Has another tab let go of a run, and opens it here.
    pub fn take_over(&self, id: u64) {
        say(Said::Take(id));
        self.want(id, Claim::TakeOver, false);
    }

    /// Goes on with a run that was open when the engine stopped: in a new engine, where there is
    /// none.
    pub fn go_on_after(&self, interrupted: &Interrupted, listens: bool) {
        self.want(interrupted.id, Claim::Keep, interrupted.went_on);
        if !listens {
            self.dispatch.dispatch(EngineAction::Retry.into());
        }
    }

    fn want(&self, id: u64, claim: Claim, go: bool) {
        self.tell(A::Want(Wanted { id, claim, go }));
    }

    fn open_wanted(&self, Wanted { id, claim, go }: Wanted) {
        let ask = Train::Restore {
            run: RUN,
            id: Some(id),
            claim: Some(claim),
            device: self.device,
        };
        let asks = self.clone();
        self.engine.train(ask, move |reply| {
            let ready = matches!(reply, TrainReply::Ready { .. });
            asks.tell(A::Opened(reply));
            if ready && go {
                asks.go(None);
            }
        });
    }

    /// Opens a run's file; it learns from what the form says.
    pub fn open_file(&self, file: web_sys::File, form: &Form) {
        persist();
        let (asks, from) = (self.clone(), form.from.clone());
        asks.tell(A::Opening);
        spawn_local(async move {
            let name = file.name();
            match JsFuture::from(file.array_buffer()).await {
                Ok(buffer) => asks.open(Train::Open {
                    run: RUN,
                    checkpoint: File(Uint8Array::new(&buffer)),
                    name,
                    device: asks.device,
                    from: Some(from),
                    keep: Some(true),
                }),
                Err(_) => {
                    let sentence = format!(
                        "{name} could not be read; look whether it is still there, and open it again."
                    );
                    asks.tell(A::Opened(TrainReply::Failed { sentence }));
                }
            }
        });
    }

    fn open(&self, ask: Train) {
        self.tell(A::Opening);
        self.ask(ask, A::Opened);
    }

    /// Does so many steps, or goes on and on.
    pub fn go(&self, steps: Option<u64>) {
        self.tell(A::Go(steps));
        self.ask(Train::Run { run: RUN, steps }, A::Going);
        if self.rival {
            let ask = Train::Run { run: RIVAL, steps };
            self.ask(ask, |reply| A::Rival(RivalAction::Going(reply)));
        }
    }

    /// Changes what can be changed while the run goes on.
    pub fn set(&self, settings: LiveSettings) {
        self.ask(Train::Set { run: RUN, settings }, A::Set);
    }

    /// Updates one network alone.
    pub fn half(&self, network: Half) {
        let ask = Train::Half { run: RUN, network };
        self.ask(ask, move |reply| A::Halved(network, reply));
    }

    /// Stops after the present step.
    pub fn pause(&self) {
        // What comes of it is told to whoever asked to go on.
        self.engine.train(Train::Pause { run: RUN }, |_| {});
        if self.rival {
            self.engine.train(Train::Pause { run: RIVAL }, |_| {});
        }
    }

    /// Hands the file of the run, or of the second one, to the visitor.
    pub fn download(&self, rival: bool) {
        let asks = self.clone();
        let (run, called) = match rival {
            true => (RIVAL, "second-run"),
            false => (RUN, "run"),
        };
        self.engine
            .train(Train::Save { run }, move |reply| match reply {
                TrainReply::Saved { step, checkpoint } => {
                    let name = format!("{called}-{step}.safetensors");
                    if save_file(&name, "application/octet-stream", &checkpoint.0).is_err() {
                        let sentence = "The browser did not take the download; try again.";
                        asks.tell(A::Notice(Some(sentence.into())));
                    }
                }
                TrainReply::Failed { sentence } => asks.tell(A::Notice(Some(sentence))),
                _ => {}
            });
    }

    /// Puts the run away; what is in storage can be gone on with.
    pub fn put_away(&self) {
        let asks = self.clone();
        self.engine
            .train(Train::Close { run: RUN }, move |_| asks.look_for_stored());
        if self.rival {
            self.engine.train(Train::Close { run: RIVAL }, |_| {});
        }
        self.tell(A::PutAway);
    }

    /// Lets go of the run, which another tab wants.
    pub fn hand_over(&self) {
        let asks = self.clone();
        self.engine.train(Train::Close { run: RUN }, move |_| {
            asks.tell(A::HandedOver);
            asks.look_for_stored();
        });
    }

    /// Takes a run out of the browser's storage.
    pub fn forget(&self, id: u64) {
        self.ask_stored(Train::Forget { id });
    }

    /// Calls a stored run otherwise.
    pub fn rename(&self, id: u64, name: String) {
        self.ask_stored(Train::Rename { id, name });
    }

    /// Where runs are opened.
    pub fn device(&self) -> DeviceChoice {
        self.device
    }

    /// Whether a run goes on while the tab is hidden.
    pub fn set_hidden_too(&self, is: bool) {
        self.tell(A::HiddenToo(is));
    }

    /// Finds out how long a step takes.
    pub fn probe(&self, form: &Form) {
        self.tell(A::Probe(None));
        let ask = Train::Probe {
            config: form.config(),
            device: self.device,
        };
        self.ask(ask, |reply| A::Probe(Some(reply)));
    }

    /// Keeps the run now.
    pub fn keep(&self) {
        self.ask(Train::Keep { run: RUN }, A::Kept);
    }

    fn look_for_stored(&self) {
        self.ask_stored(Train::Stored);
    }

    fn ask_stored(&self, ask: Train) {
        let asks = self.clone();
        self.engine.train(ask, move |reply| match reply {
            TrainReply::Stored { runs } => asks.tell(A::Stored(runs)),
            TrainReply::Failed { sentence } => asks.tell(A::Notice(Some(sentence))),
            _ => {}
        });
    }

    fn look_for_worlds(&self) {
        let asks = self.clone();
        self.engine.train(Train::Worlds, move |reply| {
            if let TrainReply::Worlds { worlds } = reply {
                asks.tell(A::Worlds(worlds));
            }
        });
    }

    /// Own pictures that are being read: what is read so far will do.
    pub fn gathered_enough(&self) {
        // What comes of it is told to whoever asked for the album.
        self.engine.train(Train::GatheredEnough, |_| {});
    }

    fn gather(&self, files: Files, size: u32, mirror: bool) {
        let ask = Train::Gather {
            album: OWN_ALBUM,
            files,
            size,
            mirror,
        };
        self.ask(ask, A::Album);
    }

    fn ask(&self, ask: Train, action: impl Fn(TrainReply) -> A + 'static) {
        let asks = self.clone();
        self.engine
            .train(ask, move |reply| asks.tell(action(reply)));
    }

    fn tell(&self, action: A) {
        self.dispatch.dispatch(action.into());
    }
}

/// These files of the page's, or a sentence.
async fn downloaded(paths: &[String; 2]) -> Result<[Uint8Array; 2], String> {
    let refused = |_| "The browser does not let the page download.".to_owned();
    let signal = AbortController::new().map_err(refused)?.signal();
    let [first, second] = paths;
    let file = async |path: &str| {
        let file = download(path, &signal, |_, _| {}).await;
        file.map_err(|failure| failure.to_string())
    };
    Ok([file(first).await?, file(second).await?])
}

/// Asks the browser not to clear this page's storage when the disk is short; it may say no, and on a
/// page without https there is nothing to ask.
fn persist() {
    if let Ok(storage) = global("navigator").and_then(|navigator| get(&navigator, "storage")) {
        // Either answer is well.
        let _ = call(&storage, "persist", &[]);
    }
}

/// What keeps the training room in step with the engine: worlds and the stored run when it is first
/// entered, own pictures when they are chosen, the run's pictures while it goes on; and nothing is
/// lost when the tab is hidden or closed.
#[hook]
pub fn use_training(state: &UseReducerHandle<State>, engine: &Engine) -> Asks {
    let training = &state.training;
    let asks = Asks {
        engine: engine.clone(),
        dispatch: state.dispatcher(),
        device: state.engine.settings.device,
        rival: training.rival.as_ref().is_some_and(|rival| rival.open),
    };
    {
        let asks = asks.clone();
        let wanted = state.room == Room::Train && state.engine.listens;
        use_effect_with((wanted, state.engine.attempt), move |&(wanted, _)| {
            if wanted {
                asks.look_for_worlds();
                asks.look_for_stored();
            }
        });
    }
    {
        let asks = asks.clone();
        let ready = training.wanted.filter(|_| state.engine.listens);
        use_effect_with(ready, move |&ready| {
            if let Some(wanted) = ready {
                asks.open_wanted(wanted);
            }
        });
    }
    {
        let asks = asks.clone();
        let form = &training.form;
        // Albums go with the engine that holds them.
        let attempt = state.engine.attempt;
        let wanted = (training.files.clone(), form.size, form.mirror, attempt);
        use_effect_with(wanted, move |(files, size, mirror, _)| {
            if let Some(files) = files {
                asks.gather(files.clone(), *size, *mirror);
            }
        });
    }
    use_pictures(state, engine);
    use_past(state, engine);
    use_rival(state, engine);
    use_leaving(training.would_lose());
    asks
}

/// What was drawn of the run last.
#[derive(Default)]
struct Drawn {
    under_way: bool,
    at: f64,
    millis: f64,
}

/// Draws what the run has learned: every now and then while it goes on, and where it rests.
#[hook]
fn use_pictures(state: &UseReducerHandle<State>, engine: &Engine) {
    let drawn: Rc<RefCell<Drawn>> = use_mut_ref(Drawn::default);
    let training = &state.training;
    let (engine, dispatch) = (engine.clone(), state.dispatcher());
    let resting = match training.phase {
        Phase::Resting => Some(true),
        Phase::Going(_) => Some(false),
        Phase::None | Phase::Opening(_) => None,
    };
    let drawn_at = training.drawn_at.filter(|_| training.drawn_live);
    let wanted = (resting, training.step(), drawn_at, training.back);
    use_effect_with(wanted, move |&(resting, step, drawn_at, back)| {
        let Some(resting) = resting.filter(|_| back.is_none()) else {
            // Whatever is under way is another run's, or not what is looked at.
            engine.forget(RUN_PICTURES);
            drawn.take();
            return;
        };
        let now = js_sys::Date::now();
        {
            let last = drawn.borrow();
            let pause = REDRAW_MILLIS.max(REDRAW_SHARE * last.millis);
            let early = !resting && drawn_at.is_some() && now - last.at < pause;
            // Nobody sees them.
            let early = early || !resting && is_hidden();
            if last.under_way || drawn_at == Some(step) || early {
                return;
            }
        }
        drawn.borrow_mut().under_way = true;
        engine.draw(pictures(), move |reply| match reply {
            DrawReply::Sample { index, sample } => {
                dispatch.dispatch(A::Place(index, sample).into());
            }
            DrawReply::Done { millis } => {
                let at = js_sys::Date::now();
                drawn.replace(Drawn {
                    under_way: false,
                    at,
                    millis,
                });
                dispatch.dispatch(A::Drawn(step).into());
            }
            DrawReply::Failed { .. } => {
                drawn.borrow_mut().under_way = false;
            }
            _ => {}
        });
    });
}

/// The same latents at every step, as the run's average draws them.
fn pictures() -> Pictures {
    Pictures::of_seed(RUN_PICTURES, Source::Run(RUN), PICTURES_SEED, 0, PICTURES)
}

/// Asks before the tab is closed, where something would be lost.
#[hook]
fn use_leaving(would_lose: bool) {
    use_effect_with(would_lose, move |&would_lose| {
        let window = web_sys::window().filter(|_| would_lose);
        let closing = window.map(|window| {
            let options = EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "beforeunload", options, |event| {
                event.prevent_default();
            })
        });
        move || drop(closing)
    });
}
