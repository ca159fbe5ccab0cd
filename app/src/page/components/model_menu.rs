//! Which model draws.

use yew::prelude::*;

use super::own_file::OwnFile;
use crate::page::sight::show_picture;
use crate::page::view::engine::EngineAction;
use crate::page::view::models::{FOLDER, Model, SHIPPED};
use crate::page::view::origin::{Origin, OwnFile as Own};
use crate::page::view::state::State;
use crate::page::words;

/// What the menu needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The weights that are open.
    pub checkpoint: Origin,
    /// The visitor's files that were opened, the latest first.
    pub own: Vec<Own>,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// Which model draws: the one that does, with its sentence, and folded away the others.
#[component]
pub fn ModelMenu(props: &Props) -> Html {
    let Props {
        checkpoint,
        own,
        dispatch,
    } = props;
    let open = checkpoint.model();
    let others: Vec<&Model> = SHIPPED
        .iter()
        .filter(|&model| Some(model) != open)
        .collect();
    let onchoose = {
        let dispatch = dispatch.clone();
        Callback::from(move |origin: Origin| {
            dispatch.dispatch(EngineAction::Open(origin).into());
            show_picture();
        })
    };
    let choose = |origin: Origin| onchoose.reform(move |_: MouseEvent| origin.clone());
    let back = own.iter().cloned().map(Origin::Own);
    let back = back.filter(|own| own != checkpoint);
    html! {
        <section class="models" aria-label="Model">
            <h2 data-testid="model-name">{ checkpoint.model_name() }</h2>
            if let Some(model) = open {
                <p class="quiet">{ model.sentence }</p>
                if !model.attribution.is_empty() {
                    <p class="quiet attribution">{ model.attribution }</p>
                }
            }
            if matches!(checkpoint, Origin::Own(_)) && !checkpoint.is_awaited() {
                <p class="quiet">{ "A file of yours. It stays on your machine: whoever opens a link to this view needs the file too." }</p>
            }
            <details key={checkpoint.file_name().to_owned()}>
                <summary data-testid="models">{ "Other models" }</summary>
                <ul>
                    { for others.iter().map(|model| html! {
                        <li>
                            <button type="button" class="model" onclick={choose(Origin::of(model))} data-testid={format!("model-{}", model.key())}>
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
                    { for back.map(|own| html! {
                        <li key={own.model_name()}>
                            <button type="button" class="model" onclick={choose(own.clone())} data-testid="model-own">
                                <span><b>{ own.model_name() }</b><br /><span class="quiet">{ "Your file of before." }</span></span>
                            </button>
                        </li>
                    }) }
                </ul>
                <p class="own-file">
                    <OwnFile words="Open a file of yours" testid="own-model" {onchoose} />
                    <span class="quiet">{ "A generator of the public PyTorch code (.pth), or a model saved here (.safetensors). Dropping it anywhere does too. It stays on your machine." }</span>
                </p>
            </details>
        </section>
    }
}
