//! The page's end of the line to the engine: what is downloaded for it, how it is started and
//! asked, who hears what it answers, and whether what it sends is what it says.
pub mod calls;
pub mod download;
pub mod handle;
pub mod link;
pub mod loading;
pub mod numbers;
pub mod opening;
pub mod reload;
pub mod sample_check;
pub mod task;
