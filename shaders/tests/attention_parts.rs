//! What attention is fed with and what is made of it: pointwise convolutions, unit columns,
//! what is added to the layer's input and the layer for drawing; and equal phase sums. On the
//! CPU and on whatever adapter wgpu finds, against their definitions in f64 and finite differences.

#![cfg(feature = "gpu")]
#![allow(clippy::unwrap_used)]

mod support;

use burn::tensor::Tensor;
use proptest::prelude::*;
use saganscope_distance::{absolute, relative};
use saganscope_shaders as shaders;

use support::{assert_close, devices, differences, dot, leave_junk, numbers, upload, values};

/// The definition: `x [batch, input, pixels]`, `w [output, input]`, `b [output]`.
fn pointwise(x: &[f64], w: &[f64], b: &[f64], [batch, input, pixels]: [usize; 3]) -> Vec<f64> {
    let mut y = Vec::new();
    for sample in 0..batch {
        for (channel, bias) in b.iter().enumerate() {
            for pixel in 0..pixels {
                let terms = (0..input)
                    .map(|i| w[channel * input + i] * x[(sample * input + i) * pixels + pixel]);
                y.push(bias + terms.sum::<f64>());
            }
        }
    }
    y
}

/// What `c·pointwise(x, w, b)` gains from each of x, w and b.
fn pointwise_slopes(c: &[f64], x: &[f64], w: &[f64], shape: [usize; 3]) -> [Vec<f64>; 3] {
    let [batch, input, pixels] = shape;
    let output = w.len() / input;
    let turned = (0..input).flat_map(|i| (0..output).map(move |o| w[o * input + i]));
    let turned: Vec<f64> = turned.collect();
    let of_x = pointwise(c, &turned, &vec![0.0; input], [batch, output, pixels]);
    let mut of_w = vec![0.0; w.len()];
    let mut of_b = vec![0.0; output];
    for (c, x) in c
        .chunks_exact(output * pixels)
        .zip(x.chunks_exact(input * pixels))
    {
        for (o, c) in c.chunks_exact(pixels).enumerate() {
            of_b[o] += c.iter().sum::<f64>();
            for (i, x) in x.chunks_exact(pixels).enumerate() {
                of_w[o * input + i] += dot(c, x);
            }
        }
    }
    [of_x, of_w, of_b]
}

/// A sum over the output, weighted by `c`, has every output's slope in its gradient. It is linear in
/// each of the inputs, so `differ`ences are exact; few elements, as each is worked out twice.
fn check_pointwise(batch: usize, input: usize, output: usize, pixels: usize, differ: bool) {
    let shape = [batch, input, pixels];
    let x = numbers(batch * input * pixels, 1);
    let w = numbers(output * input, 2);
    let b = numbers(output, 3);
    let c = numbers(batch * output * pixels, 4);
    let expected = pointwise(&x, &w, &b, shape);
    let slopes = pointwise_slopes(&c, &x, &w, shape);
    if differ {
        let loss = |x: &[f64], w: &[f64], b: &[f64]| dot(&c, &pointwise(x, w, b, shape));
        let found = [
            differences(&x, |x| loss(x, &w, &b)),
            differences(&w, |w| loss(&x, w, &b)),
            differences(&b, |b| loss(&x, &w, b)),
        ];
        for (found, slopes) in found.iter().zip(&slopes) {
            relative(found, slopes).within(1e-6, "differences");
        }
    }
    for device in devices() {
        leave_junk(batch * output.max(input) * pixels, &device);
        let device = device.autodiff();
        let x = upload(&x, shape, &device).require_grad();
        let w = upload(&w, [output, input], &device).require_grad();
        let b = upload(&b, [output], &device).require_grad();
        let y = shaders::pointwise(x.clone(), w.clone(), b.clone());
        let gradients = (y.clone() * upload(&c, [batch, output, pixels], &device))
            .sum()
            .backward();
        assert_close("output", &values(y), &expected, 2e-5);
        let found = [
            values(x.grad(&gradients).unwrap()),
            values(w.grad(&gradients).unwrap()),
            values(b.grad(&gradients).unwrap()),
        ];
        for (found, expected) in found.iter().zip(&slopes) {
            assert_close("gradient", found, expected, 1e-4);
        }
    }
}

fn values_f64<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    values(tensor).into_iter().map(f64::from).collect()
}

fn check_product(rows: usize, inner: usize, columns: usize) {
    let (left, right) = (numbers(rows * inner, 1), numbers(inner * columns, 2));
    let c = numbers(rows * columns, 3);
    // A product is a pointwise convolution of one sample: its columns are the pixels.
    let product =
        |left: &[f64], right: &[f64]| pointwise(right, left, &vec![0.0; rows], [1, inner, columns]);
    let expected = product(&left, &right);
    let slopes = [
        differences(&left, |left| dot(&c, &product(left, &right))),
        differences(&right, |right| dot(&c, &product(&left, right))),
    ];
    for device in devices() {
        leave_junk(rows.max(inner) * columns, &device);
        let device = device.autodiff();
        let left = upload(&left, [rows, inner], &device).require_grad();
        let right = upload(&right, [inner, columns], &device).require_grad();
        let y = shaders::product(left.clone(), right.clone());
        let weighted = y.clone() * upload(&c, [rows, columns], &device);
        let gradients = weighted.sum().backward();
        assert_close("product", &values(y), &expected, 2e-5);
        let found = [left.grad(&gradients), right.grad(&gradients)];
        for (found, slopes) in found.into_iter().zip(&slopes) {
            assert_close("gradient", &values(found.unwrap()), slopes, 1e-4);
        }
    }
}

/// Takes its mean from each row.
fn centre(rows: &mut [f64], pixels: usize) {
    for row in rows.chunks_exact_mut(pixels) {
        let mean = row.iter().sum::<f64>() / pixels as f64;
        row.iter_mut().for_each(|value| *value -= mean);
    }
}

/// The definition, on `x [batch, depth, pixels]`.
fn unit_columns(
    x: &[f64],
    centred: bool,
    log_length: f64,
    [_, depth, pixels]: [usize; 3],
) -> Vec<f64> {
    let mut y = x.to_vec();
    if centred {
        centre(&mut y, pixels);
    }
    for map in y.chunks_exact_mut(depth * pixels) {
        for pixel in 0..pixels {
            let column = (0..depth).map(|d| map[d * pixels + pixel]);
            let length = (column.map(|x| x * x).sum::<f64>() + 1e-12).sqrt();
            (0..depth).for_each(|d| map[d * pixels + pixel] *= log_length.exp() / length);
        }
    }
    y
}

/// What `c·unit_columns(x)` gains from x: of a column y = L·x/‖x‖ that is (L/‖x‖)·(c − y (y·c)/L²), and
/// with `centred` that less its mean over the row.
fn unit_column_slopes(
    c: &[f64],
    x: &[f64],
    centred: bool,
    log_length: f64,
    shape: [usize; 3],
) -> Vec<f64> {
    let [_, depth, pixels] = shape;
    let unit = unit_columns(x, centred, 0.0, shape);
    let mut middle = x.to_vec();
    if centred {
        centre(&mut middle, pixels);
    }
    let mut slopes = c.to_vec();
    let map = depth * pixels;
    for (at, slopes) in slopes.chunks_exact_mut(map).enumerate() {
        let [unit, middle] = [&unit, &middle].map(|all| &all[at * map..][..map]);
        for pixel in 0..pixels {
            let column = || (pixel..map).step_by(pixels);
            let length = column().map(|i| middle[i].powi(2)).sum::<f64>() + 1e-12;
            let along: f64 = column().map(|i| unit[i] * slopes[i]).sum();
            for i in column() {
                slopes[i] = log_length.exp() / length.sqrt() * (slopes[i] - unit[i] * along);
            }
        }
    }
    if centred {
        centre(&mut slopes, pixels);
    }
    slopes
}

fn check_unit_columns(shape: [usize; 3], centred: bool, differ: bool) {
    let length = shape.iter().product();
    let x = numbers(length, 1);
    let c = numbers(length, 3);
    let t = 0.6;
    let expected = unit_columns(&x, centred, t, shape);
    let slopes = unit_column_slopes(&c, &x, centred, t, shape);
    if differ {
        let found = differences(&x, |x| dot(&c, &unit_columns(x, centred, t, shape)));
        absolute(&found, &slopes).within(1e-5, "differences");
    }
    for device in devices() {
        leave_junk(length, &device);
        let device = device.autodiff();
        let tensor = upload(&x, shape, &device).require_grad();
        let log_length = upload(&[t], [1], &device).require_grad();
        let y = shaders::unit_columns(tensor.clone(), centred, log_length.clone());
        let gradients = (y.clone() * upload(&c, shape, &device)).sum().backward();
        assert_close("columns", &values(y), &expected, 2e-5);
        let x_grad = values(tensor.grad(&gradients).unwrap());
        assert_close("gradient", &x_grad, &slopes, 2e-4);
        // Twice the picture has the same columns, so there is no slope along it.
        let along: f64 = x_grad.iter().zip(&x).map(|(g, x)| f64::from(*g) * x).sum();
        let size: f64 = x_grad.iter().map(|g| f64::from(g.abs())).sum();
        assert!(size > 0.0 && size.is_finite());
        absolute(&[along], &[0.0]).within(1e-4 * size, "gradient along x");
        let length_grad = values(log_length.grad(&gradients).unwrap());
        absolute(&length_grad, &[dot(&c, &expected)]).within(1e-4 * dot(&c, &c), "log_length");
    }
}

/// A pointwise convolution whose weight sees the waves as further channels, which all samples share.
fn check_pointwise_placed([batch, input, output, pixels]: [usize; 4], places: usize) {
    let x = numbers(batch * input * pixels, 1);
    let weight = numbers(output * input, 2);
    let bias = numbers(output, 3);
    let place = numbers(output * places, 4);
    let waves = numbers(places * pixels, 5);
    let c = numbers(batch * output * pixels, 6);
    let shape = [batch, input, pixels];
    let all = |x: &[f64], weight: &[f64], bias: &[f64], place: &[f64]| -> Vec<f64> {
        let none = vec![0.0; output];
        let placed = pointwise(&waves, place, &none, [1, places, pixels]);
        let plain = pointwise(x, weight, bias, shape);
        let waves = placed.iter().cycle();
        plain.iter().zip(waves).map(|(y, wave)| y + wave).collect()
    };
    let expected = all(&x, &weight, &bias, &place);
    let slopes = [
        differences(&x, |x| dot(&c, &all(x, &weight, &bias, &place))),
        differences(&weight, |weight| dot(&c, &all(&x, weight, &bias, &place))),
        differences(&bias, |bias| dot(&c, &all(&x, &weight, bias, &place))),
        differences(&place, |place| dot(&c, &all(&x, &weight, &bias, place))),
    ];
    for device in devices() {
        leave_junk(batch * output.max(input) * pixels, &device);
        let device = device.autodiff();
        let x = upload(&x, shape, &device).require_grad();
        let weight = upload(&weight, [output, input], &device).require_grad();
        let bias = upload(&bias, [output], &device).require_grad();
        let place = upload(&place, [output, places], &device).require_grad();
        let waves = upload(&waves, [places, pixels], &device);
        let placed = [place.clone(), waves];
        let y = shaders::pointwise_placed(x.clone(), weight.clone(), bias.clone(), placed);
        let weighted = y.clone() * upload(&c, [batch, output, pixels], &device);
        let gradients = weighted.sum().backward();
        assert_close("output", &values(y), &expected, 2e-5);
        let found = [
            values(x.grad(&gradients).unwrap()),
            values(weight.grad(&gradients).unwrap()),
            values(bias.grad(&gradients).unwrap()),
            values(place.grad(&gradients).unwrap()),
        ];
        for (found, slopes) in found.iter().zip(&slopes) {
            assert_close("gradient", found, slopes, 1e-4);
        }
    }
}

/// As defined: γ times what was found, and the input.
fn check_residual(shape: [usize; 3]) {
    let length = shape.iter().product();
    let (found, x, c) = (numbers(length, 1), numbers(length, 2), numbers(length, 3));
    let gamma = -0.75;
    let expected: Vec<f64> = found.iter().zip(&x).map(|(o, x)| gamma * o + x).collect();
    let found_grad: Vec<f64> = c.iter().map(|c| gamma * c).collect();
    for device in devices() {
        leave_junk(length, &device);
        let device = device.autodiff();
        let o = upload(&found, shape, &device).require_grad();
        let factor = upload(&[gamma], [1], &device).require_grad();
        let x = upload(&x, shape, &device).require_grad();
        let y = shaders::residual(o.clone(), factor.clone(), x.clone());
        assert_close("output", &values(y.clone()), &expected, 1e-6);
        let gradients = (y * upload(&c, shape, &device)).sum().backward();
        let gradient = |tensor: Tensor<3>| values(tensor.grad(&gradients).unwrap());
        assert_close("gradient of o", &gradient(o), &found_grad, 1e-6);
        assert_close("gradient of x", &gradient(x), &c, 1e-6);
        let factor_grad = values(factor.grad(&gradients).unwrap());
        // A sum of so many terms of either sign may be small beside its rounding.
        absolute(&factor_grad, &[dot(&c, &found)]).within(1e-5 * dot(&c, &c), "gradient of γ");
    }
}

/// As defined, and, being linear and its own adjoint, its own gradient.
fn check_symmetric<const D: usize>(
    shape: [usize; D],
    operation: fn(Tensor<D>) -> Tensor<D>,
    definition: impl Fn(&[f64]) -> Vec<f64>,
) {
    let length = shape.iter().product();
    let (x, c) = (numbers(length, 1), numbers(length, 2));
    for device in devices() {
        leave_junk(length, &device);
        let device = device.autodiff();
        let tensor = upload(&x, shape, &device).require_grad();
        let y = operation(tensor.clone());
        absolute(&values(y.clone()), &definition(&x)).within(1e-6, "output");
        let gradients = (y * upload(&c, shape, &device)).sum().backward();
        let gradient = values(tensor.grad(&gradients).unwrap());
        absolute(&gradient, &definition(&c)).within(1e-6, "gradient");
    }
}

/// Each place the mean of its neighbourhood.
fn check_smoothed([batch, depth, side]: [usize; 3]) {
    let blurred = |map: &[f64], place: usize| -> f64 {
        let inside = |at: usize, by: usize| (at + by).saturating_sub(1).min(side - 1);
        let (left, top) = (place % side, place / side);
        let weights = [0.25, 0.5, 0.25].into_iter().enumerate();
        weights
            .clone()
            .flat_map(|(dy, down)| {
                weights
                    .clone()
                    .map(move |(dx, along)| (dx, dy, down * along))
            })
            .map(|(dx, dy, weight)| weight * map[inside(top, dy) * side + inside(left, dx)])
            .sum()
    };
    check_symmetric([batch, depth, side * side], shaders::smoothed, |x| {
        x.chunks_exact(side * side)
            .flat_map(|map| (0..side * side).map(move |place| blurred(map, place)))
            .collect()
    });
}

fn check_phase_sums(kernels: usize) {
    let projection = shaders::phase_projection();
    check_symmetric([kernels, 2, 4, 4], shaders::equal_phase_sums, |weight| {
        let kernels = weight.chunks_exact(16);
        kernels
            .flat_map(|taps| projection.map(|row| dot(&row, taps)))
            .collect()
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    // Sides that are no multiple of four are left to Burn's own operations.
    #[test]
    fn smoothed_maps_are_means_of_neighbours(
        (batch, depth, side) in (1..4usize, 1..8usize, 1..8usize),
    ) {
        check_smoothed([batch, depth, side]);
        check_smoothed([batch, depth, 4 * side]);
    }

    #[test]
    fn phases_have_equal_sums(kernels in 1..100usize) {
        check_phase_sums(kernels);
    }

    #[test]
    fn residual_adds_what_was_found(
        (batch, channels, pixels) in (1..4usize, 1..12usize, 1..40usize),
    ) {
        check_residual([batch, channels, pixels]);
        check_residual([batch, channels, 4 * pixels]);
    }

    // Odd numbers of pixels are left to Burn's own operations.
    #[test]
    fn pointwise_is_a_matrix_product_over_channels(
        (batch, input, output, pixels) in (1..4usize, 1..12usize, 1..12usize, 1..8usize),
    ) {
        check_pointwise(batch, input, output, pixels, true);
        check_pointwise(batch, input, output, 4 * pixels, true);
    }

    #[test]
    fn places_are_further_channels_of_a_pointwise_convolution(
        (batch, input, output, pixels) in (1..4usize, 1..8usize, 1..20usize, 1..6usize),
        places in 1..13usize,
    ) {
        check_pointwise_placed([batch, input, output, pixels], places);
        check_pointwise_placed([batch, input, output, 4 * pixels], places);
    }

    #[test]
    fn product_is_a_matrix_product(
        (rows, inner, columns) in (1..6usize, 1..12usize, 1..12usize),
    ) {
        check_product(rows, inner, 4 * columns);
    }

    // A column of one number has a length that nothing changes: its gradient is zero. So has a row.
    #[test]
    fn unit_columns_have_the_length_asked_for(
        (batch, depth, pixels) in (1..4usize, 2..12usize, 2..8usize),
        centred in any::<bool>(),
    ) {
        check_unit_columns([batch, depth, pixels], centred, true);
        check_unit_columns([batch, depth, 4 * pixels], centred, true);
    }
}

/// Wide, narrow, and enough pixels for several splits of the sums.
#[test]
fn the_networks_own_shapes() {
    check_residual([3, 64, 1024]);
    check_unit_columns([3, 16, 1024], true, false);
    check_unit_columns([3, 16, 256], false, false);
    check_smoothed([3, 16, 32]);
    for (batch, input, output, pixels) in [
        (4, 16, 2, 1024),
        (4, 16, 16, 1024),
        (3, 64, 8, 256),
        (2, 128, 128, 16),
    ] {
        check_pointwise(batch, input, output, pixels, false);
    }
}

/// The layer for drawing is attention, times γ, plus its input.
#[test]
fn the_whole_layer_is_its_parts() {
    for (batch, depth, channels, pixels) in [(2, 2, 16, 256), (3, 4, 32, 100), (1, 1, 5, 13)] {
        for device in devices() {
            let narrow = [1, 2].map(|seed| {
                let values = numbers(batch * depth * pixels, seed);
                upload(&values, [batch, depth, pixels], &device)
            });
            let wide = [3, 4].map(|seed| {
                let values = numbers(batch * channels * pixels, seed);
                upload(&values, [batch, channels, pixels], &device)
            });
            let ([q, k], [v, x]) = (narrow, wide);
            let gamma = upload(&[-0.7], [1], &device);
            let attended = shaders::attention_with_log_sum_exp(q.clone(), k.clone(), v.clone());
            let change = attended.output * gamma.clone().reshape([1, 1, 1]);
            let norms = |x: Tensor<3>| (x.clone() * x).sum_dim(2).sum_dim(1).sqrt();
            let share = norms(change.clone()) / norms(x.clone());

            leave_junk(batch * channels * pixels, &device);
            let layer = shaders::attention_layer(q, k, v, x.clone(), gamma);
            let pairs = [
                (values(layer.output), values_f64(change + x)),
                (values(layer.log_sum_exp), values_f64(attended.log_sum_exp)),
                (values(layer.share), values_f64(share)),
            ];
            for (found, expected) in pairs {
                assert_close("layer", &found, &expected, 1e-4);
            }

            // A map of zeros that stays one has changed by nothing.
            let none = |channels| Tensor::zeros([batch, channels, pixels], &device);
            let narrow = || Tensor::ones([batch, depth, pixels], &device);
            let gamma = upload(&[-0.7], [1], &device);
            let layer =
                shaders::attention_layer(narrow(), narrow(), none(channels), none(channels), gamma);
            assert_eq!(values(layer.share), vec![0.0; batch]);
        }
    }
}
