//! SAGAN's heavy arithmetic as Burn operations.
//!
//! Every convolution of the network is one of three shapes: a matrix product (1×1 maps, the first
//! generator layer, the last discriminator layer), [`up`] or [`down`]. Self-attention is
//! [`attention`]. Nothing outside this crate touches Burn's backend internals.

mod attention;
mod down;
mod up;

pub use attention::{Attended, attention, attention_with_log_sum_exp};
pub use down::down;
pub use up::up;
