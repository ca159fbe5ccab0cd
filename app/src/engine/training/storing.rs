//! What is asked of the runs in the browser's storage: going on with one, naming it, forgetting it.

use std::collections::BTreeSet;

use super::{
    super::{albums::Made, lock::Lock},
    Training,
    files::lock_of,
    keeper::Keeper,
    shelf::{self, Found},
    start::Start,
};
use crate::protocol::{Cause, Claim, PictureSource, TrainReply};

/// What is said of a run that another tab keeps.
const ELSEWHERE: &str =
    "This run is open in another tab; go on there, or take it over, or close that tab first.";

impl Training {
    /// The runs in storage, for the page.
    pub(super) async fn stored(&self) -> TrainReply {
        let keepers = self.runs.values().filter_map(|run| run.keeper.as_ref());
        let own: BTreeSet<_> = keepers.map(|keeper| keeper.id).collect();
        let runs = shelf::list(&own).await;
        TrainReply::Stored { runs }
    }

    /// A run in storage; without a number the one that was kept last.
    pub(super) async fn restored(
        &mut self,
        id: Option<u64>,
        claim: Claim,
    ) -> Result<Start, String> {
        const GONE: &str =
            "There is no such run in this browser's storage any more; begin one, or open a file.";
        let id = match id {
            Some(id) => id,
            None => {
                let runs = shelf::list(&BTreeSet::new()).await;
                runs.first().ok_or(GONE)?.id
            }
        };
        self.let_go(id).await;
        let lock = match claim {
            Claim::Look => None,
            Claim::TakeOver => Some(Lock::take_over(&lock_of(id)).await),
            Claim::Keep => Some(Lock::take(&lock_of(id)).await.ok_or(ELSEWHERE)?),
        };
        let Found { note, file } = shelf::find(id).await?.ok_or(GONE)?;
        let mut start = Start::of_file(&file, "The stored run".into())?;
        if let Some(PictureSource::Own(_)) = &note.from {
            let kept = shelf::find_pictures(id).await;
            start.own = kept.map(|(size, pictures)| Made { size, pictures });
        }
        start.from = note.from;
        start.beside = note.beside;
        start.looks = claim == Claim::Look;
        if let Some(lock) = lock {
            start.keeper = Some(Keeper::open(id, lock).await);
        }
        Ok(start)
    }

    /// Where a new run is kept.
    pub(super) async fn keeper(&mut self) -> Result<Keeper, String> {
        // Runs begin at different times.
        let id = js_sys::Date::now() as u64;
        let lock = Lock::take(&lock_of(id)).await.ok_or(ELSEWHERE)?;
        Ok(Keeper::open(id, lock).await)
    }

    /// Gives a stored run another name.
    pub(super) async fn rename(&mut self, id: u64, name: &str) -> Result<TrainReply, String> {
        shelf::rename(id, name).await?;
        Ok(self.stored().await)
    }

    /// Takes a run out of the storage.
    pub(super) async fn forget(&mut self, id: u64) -> Result<TrainReply, String> {
        self.let_go(id).await;
        let _lock = Lock::take(&lock_of(id)).await.ok_or(ELSEWHERE)?;
        shelf::forget(id).await?;
        Ok(self.stored().await)
    }

    /// A run of this tab that is kept under this number rests, and is kept no more.
    async fn let_go(&mut self, id: u64) {
        let own = |keeper: &Option<Keeper>| keeper.as_ref().is_some_and(|one| one.id == id);
        let open = self.runs.iter().find(|(_, run)| own(&run.keeper));
        if let Some(number) = open.map(|(number, _)| *number) {
            self.rest(number, Cause::Asked).await;
            if let Some(run) = self.runs.get_mut(&number) {
                run.keeper = None;
            }
        }
    }
}
