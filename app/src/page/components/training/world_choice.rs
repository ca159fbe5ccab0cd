//! What to learn from: a world, or the visitor's own pictures.

use yew::prelude::*;

use crate::page::components::pixel_canvas::PixelCanvas;
use crate::page::training::form::{FormAction, OWN_ALBUM};
use crate::page::training::state::{TrainingAction, World};
use crate::page::view::state::State;
use crate::protocol::PictureSource;

/// What the choice needs.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// The worlds.
    pub worlds: Vec<World>,
    /// What is chosen.
    pub from: PictureSource,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// What to learn from: each world with a picture, and the visitor's own.
#[component]
pub fn WorldChoice(props: &Props) -> Html {
    let Props {
        worlds,
        from,
        dispatch,
    } = props;
    let choose = |source: PictureSource| {
        let dispatch = dispatch.clone();
        Callback::from(move |_: Event| {
            dispatch.dispatch(TrainingAction::Choose(FormAction::From(source.clone())).into());
        })
    };
    let world = |world: &World| {
        let source = PictureSource::World(world.name.clone());
        html! {
            <label class="world">
                <input
                    type="radio" name="world" checked={*from == source} onchange={choose(source)}
                    data-testid={format!("world-{}", world.name)}
                />
                <PixelCanvas image={world.picture.clone()} testid={format!("world-picture-{}", world.name)} />
                <span>{ world.name.replace('-', " ") }</span>
            </label>
        }
    };
    let own = PictureSource::Own(OWN_ALBUM);
    let about = worlds
        .iter()
        .find(|world| *from == PictureSource::World(world.name.clone()))
        .map(|world| format!("An endless stream of drawn pictures: {}.", world.about));
    html! {
        <fieldset class="worlds">
            <legend>{ "Pictures to learn from" }</legend>
            <div class="world-grid">
                { for worlds.iter().map(world) }
                <label class="world">
                    <input
                        type="radio" name="world" checked={*from == own} onchange={choose(own.clone())}
                        data-testid="world-own"
                    />
                    <span class="world-own" aria-hidden="true">{ "+" }</span>
                    <span>{ "your own" }</span>
                </label>
            </div>
            if let Some(about) = about {
                <p class="quiet">{ about }</p>
            }
        </fieldset>
    }
}
