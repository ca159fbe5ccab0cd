//! A Self-Attention GAN (SAGAN, arXiv 1805.08318) with Burn.
//!
//! Read [`generator`], [`discriminator`], [`attention`] and [`spectral_norm`] beside the paper;
//! [`train`] is section 4 (hinge loss, two learning rates). [`inference`] is the
//! generator with its normalisations folded away, which is what the page runs.

pub mod adam;
pub mod all_rows;
pub mod attention;
mod augment;
pub mod checkpoint;
pub mod config;
pub mod data;
pub mod directions;
pub mod discriminator;
pub mod edits;
pub mod generator;
pub mod host;
pub mod inference;
pub mod initial;
pub mod judging;
pub mod latents;
pub mod limits;
pub mod loss;
pub mod measures;
pub mod minibatch_deviation;
pub mod moves;
pub mod noise;
pub mod parameters;
pub mod phases;
pub mod picture;
pub mod place;
pub mod readings;
mod smooth_keys;
pub mod spectral_norm;
pub mod train;

#[cfg(feature = "gpu")]
pub use saganscope_shaders::gpu_is_software;
