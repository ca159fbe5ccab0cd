//! What is read back of a step.

use burn::tensor::{Tensor, TensorData, Transaction};
use saganscope_model::train::{Losses, Point, Trainer};

use crate::protocol::Quality;

/// What is told of a step, in one round trip; how long it took is filled in later.
pub(super) async fn read_point(
    step: u64,
    losses: Losses,
    trainer: &Trainer,
) -> Result<Point, String> {
    let mut transaction = Transaction::default()
        .register(losses.discriminator)
        .register(losses.generator)
        .register(losses.real)
        .register(losses.fake);
    for layer in &trainer.generator.attention {
        transaction = transaction.register(layer.gamma.val().inner());
    }
    let data = transaction.execute_async().await;
    let data = data.map_err(|error| lost(&error))?;
    let mut means = data.into_iter().map(|data| {
        let values: Vec<f32> = data.iter::<f32>().collect();
        values.iter().sum::<f32>() / values.len() as f32
    });
    let [
        Some(discriminator_loss),
        Some(generator_loss),
        Some(real),
        Some(fake),
    ] = [(); 4].map(|()| means.next())
    else {
        return Err(lost(&"it gave no losses"));
    };
    // Collected in place it would keep the room of all that was read, 70 times what it needs.
    let mut gammas: Vec<f32> = means.collect();
    gammas.shrink_to_fit();
    Ok(Point {
        step,
        discriminator_loss,
        generator_loss,
        real,
        fake,
        millis: 0.0,
        gammas,
    })
}

/// The discriminator's loss and the generator's, in one round trip.
pub(super) async fn read_losses(losses: Losses) -> Result<[f32; 2], String> {
    let data = Transaction::default()
        .register(losses.discriminator)
        .register(losses.generator)
        .execute_async()
        .await
        .map_err(|error| lost(&error))?;
    let mut values = data.into_iter().filter_map(first);
    match (values.next(), values.next()) {
        (Some(discriminator), Some(generator)) => Ok([discriminator, generator]),
        _ => Err(lost(&"it gave no losses")),
    }
}

/// Waits until the device has computed this: its first value.
pub(super) async fn read_one(tensor: Tensor<1>) -> Result<f32, String> {
    match tensor.into_data_async().await {
        Ok(data) => first(data).ok_or_else(|| lost(&"it gave no number")),
        Err(error) => Err(lost(&error)),
    }
}

fn first(data: TensorData) -> Option<f32> {
    data.iter::<f32>().next()
}

fn lost(error: &dyn std::fmt::Debug) -> String {
    format!(
        "The device did not give the step's results back ({error:?}). Open the run's last file again; if it happens again, train on the CPU."
    )
}

/// A distance, for the page.
pub(super) fn told_quality(quality: saganscope_model::train::Quality) -> Quality {
    Quality {
        step: quality.step,
        pictures: quality.pictures,
        distance: quality.distance,
        of_real: quality.of_real,
    }
}
