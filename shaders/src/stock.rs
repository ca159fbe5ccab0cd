//! The operations on Burn's own kernels, for any backend: the default, and what ours are compared
//! with.

use burn::{
    backend::{
        Backend, TensorMetadata, get_device_settings,
        ops::{ConvOptions, ConvTransposeOptions},
        tensor::FloatTensor,
    },
    tensor::{Shape, Slice},
};

use crate::operations::AttentionState;

/// The most energies held at once, in elements: 32 MiB of f32, well under the 128 MiB that WebGPU
/// promises of a storage binding.
const ENERGIES: usize = 8 << 20;

fn up_options() -> ConvTransposeOptions<2> {
    ConvTransposeOptions::new([2, 2], [1, 1], [0, 0], [1, 1], 1)
}

fn down_options() -> ConvOptions<2> {
    ConvOptions::new([2, 2], [1, 1], [1, 1], 1)
}

pub(crate) fn up<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
) -> FloatTensor<B> {
    B::conv_transpose2d(x, weight, bias, up_options())
}

pub(crate) fn down<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
) -> FloatTensor<B> {
    B::conv2d(x, weight, bias, down_options())
}

pub(crate) fn weight_grad<B: Backend>(
    small: FloatTensor<B>,
    big: FloatTensor<B>,
) -> FloatTensor<B> {
    // As the weight gradient of `down`: that of a transposed convolution is the slower of the two.
    // Burn wants the weight for its shape only.
    let shape = Shape::from([small.shape()[1], big.shape()[1], 4, 4]);
    let weight = B::float_empty(shape, &small.device(), small.dtype().into());
    B::conv2d_weight_backward(big, weight, small, down_options())
}

pub(crate) fn channel_sums<B: Backend>(x: FloatTensor<B>) -> FloatTensor<B> {
    let channels = x.shape()[1];
    let sums = B::float_sum_dims(x, &[0, 2, 3]);
    B::float_reshape(sums, Shape::from([channels]))
}

pub(crate) fn leaky_relu<B: Backend>(x: FloatTensor<B>, slope: f32) -> FloatTensor<B> {
    B::leaky_relu(x, slope.into())
}

pub(crate) fn leaky_relu_backward<B: Backend>(
    output: FloatTensor<B>,
    grad: FloatTensor<B>,
    slope: f32,
) -> FloatTensor<B> {
    let bools = get_device_settings::<B>(&output.device()).bool_dtype;
    let flat = B::float_lower_equal_elem(output, 0.0.into(), bools);
    let scaled = B::float_mul_scalar(grad.clone(), slope.into());
    B::float_mask_where(grad, flat, scaled)
}

pub(crate) fn pointwise<B: Backend>(
    x: FloatTensor<B>,
    weight: FloatTensor<B>,
    bias: Option<FloatTensor<B>>,
) -> FloatTensor<B> {
    let y = B::float_matmul(matrix::<B>(weight), x);
    match bias {
        None => y,
        Some(bias) => {
            let length = bias.shape()[0];
            B::float_add(y, B::float_reshape(bias, Shape::from([1, length, 1])))
        }
    }
}

pub(crate) fn pointwise_transposed<B: Backend>(
    grad: FloatTensor<B>,
    weight: FloatTensor<B>,
) -> FloatTensor<B> {
    let weight = B::float_swap_dims(matrix::<B>(weight), 1, 2);
    B::float_matmul(weight, grad)
}

pub(crate) fn pointwise_weight_grad<B: Backend>(
    x: FloatTensor<B>,
    grad: FloatTensor<B>,
) -> FloatTensor<B> {
    let shape = Shape::from([grad.shape()[1], x.shape()[1]]);
    let parts = B::float_matmul(grad, B::float_swap_dims(x, 1, 2));
    B::float_reshape(B::float_sum_dim(parts, 0), shape)
}

/// `[O, I]` → `[1, O, I]`.
fn matrix<B: Backend>(weight: FloatTensor<B>) -> FloatTensor<B> {
    let shape = weight.shape();
    B::float_reshape(weight, Shape::from([1, shape[0], shape[1]]))
}

/// Attention in slices of queries, so that the map is never whole.
pub(crate) fn attention<B: Backend>(
    queries: FloatTensor<B>,
    keys: FloatTensor<B>,
    values: FloatTensor<B>,
) -> (FloatTensor<B>, FloatTensor<B>) {
    let mut outputs = Vec::new();
    let mut sums = Vec::new();
    for [start, end] in slices::<B>(&values) {
        let queries = columns::<B>(queries.clone(), start, end);
        let energy = B::float_matmul(B::float_swap_dims(queries, 1, 2), keys.clone());
        let top = B::float_max_dim(energy.clone(), 2);
        let weights = B::float_exp(B::float_sub(energy, top.clone()));
        let sum = B::float_sum_dim(weights.clone(), 2);
        let map = B::float_div(weights, sum.clone());
        outputs.push(B::float_matmul(
            values.clone(),
            B::float_swap_dims(map, 1, 2),
        ));
        let sum = B::float_add(top, B::float_log(sum));
        let shape = Shape::from([sum.shape()[0], end - start]);
        sums.push(B::float_reshape(sum, shape));
    }
    (B::float_cat(outputs, 2), B::float_cat(sums, 1))
}

/// The formulas are derived in `cpu/attention/backward.rs`.
pub(crate) fn attention_backward<B: Backend>(
    state: AttentionState<B>,
    output_grad: FloatTensor<B>,
) -> [FloatTensor<B>; 3] {
    let AttentionState {
        queries,
        keys,
        values,
        output,
        log_sum_exp,
    } = state;
    let [batch, _, pixels] = dims(&values);
    let log_sum_exp = B::float_reshape(log_sum_exp, Shape::from([batch, 1, pixels]));
    let mean = B::float_sum_dim(B::float_mul(output, output_grad.clone()), 1);
    let mut query_grads = Vec::new();
    let mut sums: Option<[FloatTensor<B>; 2]> = None;
    for [start, end] in slices::<B>(&values) {
        let rows = |x: &FloatTensor<B>| columns::<B>(x.clone(), start, end);
        let transposed = |x: &FloatTensor<B>| B::float_swap_dims(rows(x), 1, 2);
        let energy = B::float_matmul(transposed(&queries), keys.clone());
        let weights = B::float_exp(B::float_sub(energy, transposed(&log_sum_exp)));
        let slopes = B::float_matmul(transposed(&output_grad), values.clone());
        let slopes = B::float_sub(slopes, transposed(&mean));
        let slopes = B::float_mul(weights.clone(), slopes);
        query_grads.push(B::float_matmul(
            keys.clone(),
            B::float_swap_dims(slopes.clone(), 1, 2),
        ));
        let key_grad = B::float_matmul(rows(&queries), slopes);
        let value_grad = B::float_matmul(rows(&output_grad), weights);
        sums = Some(match sums {
            None => [key_grad, value_grad],
            Some([keys, values]) => [
                B::float_add(keys, key_grad),
                B::float_add(values, value_grad),
            ],
        });
    }
    let [key_grad, value_grad] = sums.unwrap_or([keys, values]);
    [B::float_cat(query_grads, 2), key_grad, value_grad]
}

/// Ranges of queries whose energies fit [`ENERGIES`].
fn slices<B: Backend>(values: &FloatTensor<B>) -> impl Iterator<Item = [usize; 2]> + use<B> {
    let [batch, _, pixels] = dims(values);
    let slice = (ENERGIES / (batch * pixels)).clamp(1, pixels);
    (0..pixels)
        .step_by(slice)
        .map(move |start| [start, pixels.min(start + slice)])
}

fn dims(tensor: &impl TensorMetadata) -> [usize; 3] {
    let shape = tensor.shape();
    [shape[0], shape[1], shape[2]]
}

/// Elements `start..end` of the last of three dimensions.
fn columns<B: Backend>(x: FloatTensor<B>, start: usize, end: usize) -> FloatTensor<B> {
    B::float_slice(x, &[Slice::full(), Slice::full(), Slice::from(start..end)])
}
