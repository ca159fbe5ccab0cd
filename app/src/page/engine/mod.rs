//! The page's end of the line to the engine: what is downloaded for it, how it is started and
//! spoken to, and whether what it sends is what it says.
pub mod download;
pub mod link;
pub mod loading;
pub mod reload;
pub mod sample_check;
