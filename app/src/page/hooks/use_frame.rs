//! A page inside another tells how high it is.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, ResizeObserver, Window};
use yew::prelude::*;

/// Tells the page around this one, if there is one, how high its frame should be, now and whenever
/// that changes: a message `{ saganscope: { height } }`, in CSS pixels.
#[hook]
pub fn use_frame(embedded: bool) {
    use_effect_with(embedded, |&embedded| {
        let watch = embedded.then(Watch::begin).flatten();
        move || drop(watch)
    });
}

/// The observer, and what it calls; both go together.
struct Watch {
    observer: ResizeObserver,
    _tell: Closure<dyn Fn()>,
}

impl Watch {
    /// None where the page stands by itself.
    fn begin() -> Option<Self> {
        let window = web_sys::window()?;
        let around = window.parent().ok().flatten();
        let around = around.filter(|around| *around != window)?;
        let body: Element = window.document()?.body()?.into();
        let told = {
            let body = body.clone();
            move || tell(&around, body.get_bounding_client_rect().height())
        };
        let tell: Closure<dyn Fn()> = Closure::new(told);
        let observer = ResizeObserver::new(tell.as_ref().unchecked_ref()).ok()?;
        observer.observe(&body);
        Some(Self {
            observer,
            _tell: tell,
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The height is no secret: whoever frames the page may know it.
fn tell(around: &Window, height: f64) {
    let (message, of) = (Object::new(), Object::new());
    let set = |object: &Object, name: &str, value: &JsValue| {
        Reflect::set(object, &JsValue::from_str(name), value).is_ok()
    };
    if set(&of, "height", &JsValue::from_f64(height.ceil())) && set(&message, "saganscope", &of) {
        let _ = around.post_message(&message, "*");
    }
}
