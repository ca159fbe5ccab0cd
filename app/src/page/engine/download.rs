//! Downloads with progress.

use js_sys::{Object, Promise, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, RequestCache, RequestInit, Response};

use crate::page::failure::Failure;

/// The engine's program, ready to be posted to a worker.
#[derive(Debug)]
pub enum Program {
    /// Compiled while it came.
    Compiled(WebAssembly::Module),
    /// As it came, where the server does not call it wasm and browsers so refuse to compile it on
    /// the way.
    Bytes(Uint8Array),
}

/// Downloads a file, and tells after each piece how many bytes have come and how many there are
/// in all (`None` where the server compresses on the way and so hides it).
///
/// The browser's copy is used only if the server confirms that it is current: page, engine and
/// checkpoint are published together and must not be mixed. The file does not enter this page's own
/// memory, which it would grow for good.
///
/// # Errors
/// Says what went wrong: no connection, an HTTP status, or a web page in the file's place.
pub async fn download(
    file: &str,
    signal: &AbortSignal,
    progress: impl Fn(u64, Option<u64>),
) -> Result<Uint8Array, Failure> {
    let response = open(file, signal).await?;
    let (chunks, length) = read_all(file, &response, progress).await?;
    Ok(join(&chunks, length))
}

/// As [`download`], for a wasm program, which is compiled while it comes.
///
/// # Errors
/// As [`download`], and where the file is no program.
pub async fn download_program(
    file: &str,
    signal: &AbortSignal,
    progress: impl Fn(u64, Option<u64>),
) -> Result<Program, Failure> {
    let response = open(file, signal).await?;
    let wasm = header(&response, "content-type").is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/wasm")
    });
    if !wasm {
        let (chunks, length) = read_all(file, &response, progress).await?;
        return Ok(Program::Bytes(join(&chunks, length)));
    }
    // The compiler takes the response itself, so that browsers can keep what they compiled; the
    // pieces of a copy are counted.
    let counted = response.clone().map_err(|error| broken(file, &error))?;
    let counted = read_all(file, &counted, progress);
    let response: &JsValue = response.as_ref();
    let promise = WebAssembly::compile_streaming(&Promise::resolve(response));
    let compiled = async {
        let module = JsFuture::from(promise).await;
        Ok(module.map_err(|error| words_of(&error)))
    };
    let (module, _) = futures::future::try_join(compiled, counted).await?;
    let no_start = |detail| Failure::NoStart { detail };
    let module = module.map_err(no_start)?.dyn_into();
    module
        .map(Program::Compiled)
        .map_err(|_| no_start(format!("{file} did not compile to a module.")))
}

async fn open(file: &str, signal: &AbortSignal) -> Result<Response, Failure> {
    let response = fetch(file, signal).await;
    let response = response.map_err(|error| broken(file, &error))?;
    check(file, &response)?;
    Ok(response)
}

fn broken(file: &str, error: &JsValue) -> Failure {
    Failure::Connection {
        file: file.to_owned(),
        detail: words_of(error),
    }
}

/// A response's pieces, and how long they are together.
async fn read_all(
    file: &str,
    response: &Response,
    progress: impl Fn(u64, Option<u64>),
) -> Result<(Vec<Uint8Array>, u32), Failure> {
    let total = plain_length(response);
    progress(0, total);
    let chunks = read_chunks(response, |done| progress(done, total))
        .await
        .map_err(|error| broken(file, &error))?;
    let length = chunks.iter().map(Uint8Array::length).sum();
    progress(u64::from(length), Some(u64::from(length)));
    Ok((chunks, length))
}

async fn fetch(file: &str, signal: &AbortSignal) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoCache);
    init.set_signal(Some(signal));
    JsFuture::from(window.fetch_with_str_and_init(file, &init))
        .await?
        .dyn_into()
}

fn check(file: &str, response: &Response) -> Result<(), Failure> {
    let (file, status) = (file.to_owned(), response.status());
    match status {
        404 | 410 => Err(Failure::Missing { file, status }),
        _ if !response.ok() => Err(Failure::Refused { file, status }),
        _ if header(response, "content-type").is_some_and(|t| t.starts_with("text/html")) => {
            Err(Failure::WebPage { file })
        }
        _ => Ok(()),
    }
}

/// The length that the server states, unless it is the compressed one.
fn plain_length(response: &Response) -> Option<u64> {
    if header(response, "content-encoding").is_some_and(|encoding| encoding != "identity") {
        return None;
    }
    header(response, "content-length")?.parse().ok()
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

async fn read_chunks(
    response: &Response,
    progress: impl Fn(u64),
) -> Result<Vec<Uint8Array>, JsValue> {
    let Some(body) = response.body() else {
        return Ok(Vec::new());
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().dyn_into()?;
    let (mut chunks, mut done) = (Vec::new(), 0);
    loop {
        let piece = JsFuture::from(reader.read()).await?;
        if Reflect::get(&piece, &JsValue::from_str("done"))?.is_truthy() {
            return Ok(chunks);
        }
        let chunk: Uint8Array = Reflect::get(&piece, &JsValue::from_str("value"))?.dyn_into()?;
        done += u64::from(chunk.length());
        chunks.push(chunk);
        progress(done);
    }
}

/// Joined outside of this page's own memory.
fn join(chunks: &[Uint8Array], length: u32) -> Uint8Array {
    let all = Uint8Array::new_with_length(length);
    let mut at = 0;
    for chunk in chunks {
        all.set(chunk, at);
        at += chunk.length();
    }
    all
}

/// A thrown value in words.
pub fn words_of(error: &JsValue) -> String {
    error
        .as_string()
        .or_else(|| error.dyn_ref::<js_sys::Error>().map(|e| e.message().into()))
        .or_else(|| error.dyn_ref::<Object>().map(|o| o.to_string().into()))
        .unwrap_or_else(|| "no further details".to_owned())
}
