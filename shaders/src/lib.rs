//! SAGAN's heavy arithmetic as Burn operations, with gradients of their own.
//!
//! Every convolution of the network is one of three shapes: a matrix product (1×1 maps, the first
//! generator layer, the last discriminator layer), [`up`] or [`down`]. Self-attention is
//! [`attention`]. Nothing outside this crate touches Burn's backend internals.
//!
//! Each operation is a file: the function that a network calls, what a backend must compute for it, its
//! gradient, its *fallback* on Burn's own kernels for any backend, and its *stock* form with Burn's public
//! functions, which the bench compares with ([`switch`]). On the CPU operations run on the matrix products
//! of [`cpu`], on a GPU on *kernels*, written in `wgsl/` and launched by `gpu`. What all are measured
//! against is their *definition*, in f64 and without haste.

mod activated;
mod adam;
mod attention;
mod attention_layer;
mod autodiff;
mod batch_norm;
mod blend;
mod channel_sums;
mod cpu;
#[cfg(test)]
mod definition;
mod down;
mod flex;
#[cfg(feature = "gpu")]
mod gpu;
mod leaky_relu;
mod limits;
mod minibatch_deviation;
mod packed_up;
mod phase_sums;
mod pointwise;
mod product;
mod residual;
mod shapes;
mod smoothed;
mod spectral_norm;
mod strided;
mod switch;
mod unit_columns;
mod up;

pub use adam::{AdamRates, adam};
pub use attention::{Attended, attention, attention_with_log_sum_exp};
pub use attention_layer::{AttentionLayer, attention_layer};
pub use batch_norm::{BatchNormed, batch_norm_relu};
pub use blend::{Decay, blend};
pub use down::{down, down_leaky_relu};
#[cfg(feature = "gpu")]
pub use gpu::{gpu_is_software, watch};
pub use leaky_relu::leaky_relu;
pub use limits::largest_tensor;
pub use minibatch_deviation::{Told, minibatch_deviation};
pub use packed_up::PackedUp;
pub use phase_sums::{equal_phase_sums, phase_projection};
pub use pointwise::{pointwise, pointwise_placed};
pub use product::product;
pub use residual::residual;
pub use smoothed::smoothed;
pub use spectral_norm::{Normalised, SPECTRAL_EPSILON, spectral_norm};
pub use switch::use_stock;
pub use unit_columns::unit_columns;
pub use up::{up, up_relu, up_tanh};
