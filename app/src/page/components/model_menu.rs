//! Which model draws.

use yew::prelude::*;

use crate::page::sight::show_picture;
use crate::page::view::engine::EngineAction;
use crate::page::view::models::{FOLDER, Model, SHIPPED};
use crate::page::view::state::State;
use crate::page::words;

/// What the menu needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The path of the checkpoint that is open.
    pub checkpoint: String,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Which model draws: the one that does, with its sentence, and folded away the others.
#[component]
pub fn ModelMenu(props: &Props) -> Html {
    let Props {
        checkpoint,
        dispatch,
    } = props;
    let open = Model::of_path(checkpoint);
    let others: Vec<&Model> = SHIPPED
        .iter()
        .filter(|&model| Some(model) != open)
        .collect();
    let choose = |model: &Model| {
        let (dispatch, path) = (dispatch.clone(), model.path());
        Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(EngineAction::Open(path.clone()).into());
            show_picture();
        })
    };
    let file = checkpoint.rsplit('/').next().unwrap_or_default();
    html! {
        <section class="models" aria-label="Model">
            <h2 data-testid="model-name">{ open.map_or(file.to_owned(), |model| model.name.to_owned()) }</h2>
            if let Some(model) = open {
                <p class="quiet">{ model.sentence }</p>
                if !model.attribution.is_empty() {
                    <p class="quiet attribution">{ model.attribution }</p>
                }
            }
            if !others.is_empty() {
                <details key={checkpoint.clone()}>
                    <summary data-testid="models">{ "Other models" }</summary>
                    <ul>
                        { for others.iter().map(|model| html! {
                            <li>
                                <button type="button" class="model" onclick={choose(model)} data-testid={format!("model-{}", model.key())}>
                                    if let Some(picture) = model.picture {
                                        <img src={format!("{FOLDER}{picture}")} alt="" width="48" height="48" loading="lazy" />
                                    }
                                    <span>
                                        <b>{ model.name }</b>{ " " }<span class="quiet">{ words::bytes(model.bytes) }</span><br />
                                        <span class="quiet">{ model.sentence }</span>
                                    </span>
                                </button>
                            </li>
                        }) }
                    </ul>
                </details>
            }
        </section>
    }
}
