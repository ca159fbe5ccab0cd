//! From room to room.

use yew::prelude::*;

use crate::page::view::room::Room;
use crate::page::view::state::{Action, State};

/// What the tabs need.
#[derive(Clone, PartialEq, Properties)]
pub struct Props {
    /// Where the visitor is.
    pub room: Room,
    /// Where the choice goes.
    pub dispatch: UseReducerDispatcher<State>,
}

/// From room to room, as buttons of which one is pressed.
#[component]
pub fn RoomTabs(Props { room, dispatch }: &Props) -> Html {
    let tab = |this: &Room| {
        let (this, dispatch) = (*this, dispatch.clone());
        let onclick = Callback::from(move |_: MouseEvent| dispatch.dispatch(Action::Enter(this)));
        let current = (this == *room).then_some("page");
        html! {
            <button type="button" class="room" aria-current={current} {onclick} data-testid={format!("room-{}", this.name().to_lowercase())}>
                { this.name() }
            </button>
        }
    };
    html! { <nav class="rooms" aria-label="Rooms">{ for Room::ALL.iter().map(tab) }</nav> }
}
