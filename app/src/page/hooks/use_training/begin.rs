//! Asks for new runs: of the form, of networks that learned before, and two beside each other.

use js_sys::Uint8Array;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use super::asks::Asks;
use crate::js::{call, get, global};
use crate::page::engine::download::download;
use crate::page::engine::numbers::{RIVAL, RUN};
use crate::page::training::form::Form;
use crate::page::training::presets::PRESETS;
use crate::page::training::rival::RivalAction;
use crate::page::training::state::TrainingAction as A;
use crate::page::view::models::{FOLDER, Model};
use crate::protocol::{Networks, Train, TrainReply, wire::File};

impl Asks {
    /// Begins the run that the form describes, and goes on with it at once.
    pub fn begin(&self, form: &Form) {
        let begun = form.clone();
        self.begin_and(form, None, None, move |asks, _| {
            asks.tell(A::Begun(Box::new(begun.clone())));
            asks.go(None);
        });
    }

    /// Begins the run that the form describes in the place of the one that is open and rests.
    pub fn restart(&self, form: &Form) {
        self.put_away();
        Self {
            pair: false,
            ..self.clone()
        }
        .begin(form);
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
                    asks.begin_and(&form, Some(networks), None, |asks, _| asks.go(None));
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
                    asks.begin_and(&form, Some(networks), None, |asks, _| asks.go(None));
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
        let names = [first.name, second.name].map(str::to_owned);
        let called = names.clone();
        self.begin_and(&first.of(form), None, Some(names), move |asks, kept_as| {
            asks.begin_rival(&rival, &called, kept_as);
        });
    }

    /// The first is kept as `first`: what is kept of the second says so.
    fn begin_rival(&self, form: &Form, names: &[String; 2], first: Option<u64>) {
        let ask = Train::Begin {
            run: RIVAL,
            config: form.config(),
            networks: None,
            from: form.from.clone(),
            device: self.device,
            keep: true,
            beside: first,
        };
        let (asks, names) = (self.clone(), names.clone());
        self.engine.train(ask, move |reply| {
            let pair = match &reply {
                TrainReply::Ready { kept_as, .. } => {
                    // Else a list of runs would call both after their pictures.
                    let both = [first, *kept_as].into_iter().zip(names.clone());
                    for (id, name) in both {
                        if let Some(id) = id {
                            asks.rename(id, name);
                        }
                    }
                    true
                }
                TrainReply::Failed { .. } => false,
                _ => return asks.tell(A::Rival(RivalAction::Opened(reply))),
            };
            asks.tell(A::Rival(RivalAction::Opened(reply)));
            let asks = asks.clone();
            Self { pair, ..asks }.go(None);
        });
    }

    /// Begins a run, and then does what is to be done with what it is kept as.
    fn begin_and(
        &self,
        form: &Form,
        networks: Option<Networks>,
        pair: Option<[String; 2]>,
        then: impl Fn(&Self, Option<u64>) + 'static,
    ) {
        persist();
        let ask = Train::Begin {
            run: RUN,
            config: form.config(),
            networks,
            from: form.from.clone(),
            device: self.device,
            keep: true,
            beside: None,
        };
        self.tell(A::Opening);
        if let Some(names) = pair {
            self.tell(A::Rival(RivalAction::Opening(names)));
        }
        let asks = self.clone();
        self.engine.train(ask, move |reply| {
            let ready = match &reply {
                TrainReply::Ready { kept_as, .. } => Some(*kept_as),
                _ => None,
            };
            asks.tell(A::Opened(reply));
            if let Some(kept_as) = ready {
                then(&asks, kept_as);
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
                Ok(buffer) => {
                    let ask = Train::Open {
                        run: RUN,
                        checkpoint: File(Uint8Array::new(&buffer)),
                        name,
                        device: asks.device,
                        from: Some(from),
                        keep: Some(true),
                    };
                    asks.ask(ask, A::Opened);
                }
                Err(_) => {
                    let sentence = format!(
                        "{name} could not be read; look whether it is still there, and open it again."
                    );
                    asks.tell(A::Opened(TrainReply::Failed { sentence }));
                }
            }
        });
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
