//! What benchmarks compare must be the same function. One test alone in its process, since the
//! switch is for the whole process.
#![allow(clippy::unwrap_used)]

use burn::tensor::{Device, Distribution, Tensor};
use saganscope_distance::absolute;
use saganscope_shaders as shaders;

fn leaf<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    Tensor::random(
        shape,
        Distribution::Uniform(-1.0, 1.0),
        &Device::flex().autodiff(),
    )
    .require_grad()
}

fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().iter::<f32>().collect()
}

#[test]
fn stock_and_our_operations_agree() {
    let (x, up, down) = (leaf([2, 8, 8, 8]), leaf([8, 5, 4, 4]), leaf([6, 5, 4, 4]));
    let (last, scale) = (leaf([6, 6, 4, 4]), leaf([6]));
    let zeros = Tensor::<1>::zeros([6], &Device::flex().autodiff());
    let (query, key) = (leaf([2, 3, 64]), leaf([2, 3, 64]));
    let left = leaf([6]).inner().autodiff();
    let run = |stock: bool| {
        shaders::use_stock(stock);
        let big = shaders::leaky_relu(shaders::up(x.clone(), up.clone(), None), 0.1);
        let small = shaders::down(big, down.clone(), None);
        let running = [zeros.clone(), zeros.clone() + 1.0];
        let norm =
            shaders::batch_norm_relu(small, scale.clone(), zeros.clone(), running, 1e-5, 0.1);
        let small = shaders::down_leaky_relu(norm.output, last.clone(), zeros.clone(), 0.1);
        let small = shaders::up_tanh(small, last.clone(), zeros.clone());
        let [batch, channels, height, width] = small.dims();
        let flat = small.reshape([batch, channels, height * width]);
        let attended = shaders::attention(query.clone(), key.clone(), flat);
        let gradients = (attended.clone() * attended.clone()).sum().backward();
        let normed = shaders::spectral_norm(down.clone(), left.clone());
        let spectral = (normed.weight.clone() * down.clone().inner().autodiff()).sum();
        let spectral = spectral.backward();
        let [flat, current] = [&up, &(up.clone() * -0.5)].map(|x| x.clone().inner().reshape([-1]));
        let rates = shaders::AdamRates::new(0.1, [0.5, 0.9], 1e-3, 2, &flat.device());
        let squares = flat.clone() * flat.clone();
        let state = [flat.clone(), flat.clone(), squares];
        let [parameter, first, second] = shaders::adam(state, current.clone(), &rates);
        let decay = shaders::Decay::new(0.7, &flat.device());
        let average = shaders::blend(flat, current, &decay);
        let inner = shaders::attention_with_log_sum_exp(
            query.clone().inner(),
            key.clone().inner(),
            query.clone().inner(),
        );
        shaders::use_stock(false);
        [
            values(attended.inner()),
            values(inner.log_sum_exp),
            values(norm.running_mean),
            values(norm.running_variance),
            values(last.grad(&gradients).unwrap()),
            values(scale.grad(&gradients).unwrap()),
            values(x.grad(&gradients).unwrap()),
            values(up.grad(&gradients).unwrap()),
            values(down.grad(&gradients).unwrap()),
            values(query.grad(&gradients).unwrap()),
            values(key.grad(&gradients).unwrap()),
            values(normed.weight.inner()),
            values(normed.u.inner()),
            values(normed.v.inner()),
            values(down.grad(&spectral).unwrap()),
            values(parameter),
            values(first),
            values(second),
            values(average),
        ]
    };
    for (index, (ours, theirs)) in run(false).iter().zip(&run(true)).enumerate() {
        let scale = theirs.iter().fold(0.0f32, |top, v| top.max(v.abs()));
        assert!(scale > 1e-3, "tensor {index} is empty of meaning");
        absolute(ours, theirs).within(1e-4 * f64::from(scale), format!("tensor {index}"));
    }
}
