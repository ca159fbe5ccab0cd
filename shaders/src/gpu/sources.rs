//! The list of all kernels: each file of `wgsl/`, with what stands behind it because several kernels share
//! it.
//!
//! A host launches a kernel by its constant here, so one that is not listed cannot be launched, and one
//! that no host launches is dead code. The tests hold the list against the folder, and against the
//! kernels that they compile.

/// The text of a kernel, before its constants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    /// The file's name, which says what it does.
    pub(super) name: &'static str,
    /// The file, and those that it shares with others.
    pub(super) text: &'static str,
}

macro_rules! sources {
    ($($constant:ident = $name:literal $(+ $shared:literal)*;)*) => {
        $(pub(super) const $constant: Source = Source {
            name: $name,
            text: concat!(
                include_str!(concat!("../../wgsl/", $name, ".wgsl"))
                $(, include_str!(concat!("../../wgsl/", $shared, ".wgsl")))*
            ),
        };)*

        /// The names of all kernels.
        #[cfg(test)]
        pub(super) const KERNELS: &[&str] = &[$($name),*];

        /// The names of what kernels share, once for each that does.
        #[cfg(test)]
        pub(super) const SHARED: &[&str] = &[$($($shared,)*)*];
    };
}

sources! {
    ADAM = "adam";
    ATTENTION = "attention";
    ATTENTION_BACKWARD = "attention_backward";
    ATTENTION_MEANS = "attention_means" + "each_element";
    BATCH_NORM_BACKWARD = "batch_norm_backward" + "each_element";
    BATCH_NORM_RELU = "batch_norm_relu" + "each_element";
    BATCH_NORM_STATISTICS = "batch_norm_statistics" + "sum_of_group";
    BATCH_NORM_SUMS = "batch_norm_sums" + "sum_of_group";
    BLEND = "blend";
    CHANNEL_SUMS = "channel_sums" + "sum_of_group";
    DOWN = "down" + "shared_sums";
    LEAKY_RELU_BACKWARD = "leaky_relu_backward" + "each_element";
    MINIBATCH_DEVIATION = "minibatch_deviation" + "spread_of_batch" + "sum_of_group";
    MINIBATCH_DEVIATION_BACKWARD =
        "minibatch_deviation_backward" + "spread_of_batch" + "sum_of_group";
    MINIBATCH_DEVIATION_TOLD = "minibatch_deviation_told" + "each_element";
    PHASE_SUMS = "phase_sums" + "each_element";
    POINTWISE = "pointwise";
    POINTWISE_WEIGHT_GRAD = "pointwise_weight_grad";
    RELATIVE_CHANGE = "relative_change" + "sum_of_group";
    RESIDUAL = "residual" + "each_element";
    RESIDUAL_BACKWARD = "residual_backward" + "sum_of_group";
    SMOOTHED = "smoothed" + "each_element";
    SPECTRAL_ALONG = "spectral_along" + "sum_of_group";
    SPECTRAL_COLUMNS = "spectral_columns";
    SPECTRAL_DIVIDE = "spectral_divide" + "sum_of_group";
    SPECTRAL_GRAD = "spectral_grad" + "sum_of_group";
    SPECTRAL_ROWS = "spectral_rows" + "sum_of_group";
    SUM_SPLITS = "sum_splits" + "each_element";
    TANH_BACKWARD = "tanh_backward" + "each_element";
    UNIT_COLUMNS = "unit_columns" + "means_of_rows" + "sum_of_group";
    UNIT_COLUMNS_BACKWARD = "unit_columns_backward" + "means_of_rows" + "sum_of_group";
    UP = "up" + "shared_sums";
    WEIGHT_COLUMNS = "weight_columns";
    WEIGHT_GRAD = "weight_grad";
}
