//! Snapshots that are received: where one takes the place of the log or of the state, and whether
//! it was found not to be older than those.

use super::effect::OpaqueCall;
use super::eval::Engine;
use super::order::Order;
use super::value::Value;
use super::world::World;
use crate::protocol::{Effect, Fact, Message};
use crate::roles::symbols::{Origin, Role, Sym, SymData, Tags};
use crate::roles::verbs::is_removal;
use crate::roles::vocabulary::Words;
use crate::source::Place;

impl Engine<'_> {
    /// A place of the node's state gets a value while InstallSnapshot is handled.
    pub(super) fn snapshot_store(&mut self, world: &World, role: Role, value: &Value, at: Place) {
        if world.handling != Some(Message::InstallSnapshot) {
            return;
        }
        let sym = self.symbol(value);
        let tags = self.symbols.tags(sym);
        let taken = tags.any(Tags::REQUEST) && !self.is_maximum(sym);
        let replaces = match role {
            Role::CommitIndex | Role::LastApplied | Role::SnapshotIndex => taken,
            Role::Log => true,
            _ => false,
        };
        if replaces {
            self.installs(world, at, &[sym]);
        }
    }

    /// A call that may put a snapshot in the place of the log or of the state.
    pub(super) fn snapshot_call(&mut self, world: &World, call: &OpaqueCall<'_>, base: &SymData) {
        // A body that is known shows by itself what it does.
        let other = world.handling != Some(Message::InstallSnapshot) || call.has_body;
        if other || !base.tags.any(Tags::LOCAL) {
            return;
        }
        let program = self.symbols.program;
        let (text, words) = (program.text(call.method), program.words(call.method));
        let written: Vec<Sym> = call.args.iter().map(|a| self.symbol(a)).collect();
        let cuts = base.role == Role::Log && is_removal(text);
        let takes = written.iter().any(|s| self.symbols.tags(*s).any(Tags::REQUEST));
        let restores = takes
            && (text.starts_with("restore") || words.all(Words::SNAPSHOT.with(Words::APPLIED)));
        if cuts || restores {
            self.installs(world, call.at, &written);
        }
    }

    /// The greater of the old value and the new one takes nothing back.
    fn is_maximum(&self, sym: Sym) -> bool {
        match &self.symbols.get(self.plain(sym)).origin {
            Origin::Method(name, _) => self.symbols.program.text(*name) == "max",
            _ => false,
        }
    }

    fn installs(&mut self, world: &World, at: Place, written: &[Sym]) {
        let mut world = world.clone();
        if self.snapshot_compared(&world, Order::AT_LEAST, written) {
            world.learn(Fact::SnapshotNotOlder, at);
        } else if self.snapshot_compared(&world, Order::AT_MOST, &[]) {
            world.learn(Fact::SnapshotOlder, at);
        }
        self.record(&world, Effect::SnapshotInstall, at, written, true);
    }

    /// Whether the snapshot's index was found to be in such an order with what the node has already:
    /// that of the request, or what is written here, which may have been kept since the first part.
    fn snapshot_compared(&self, world: &World, wanted: Order, written: &[Sym]) -> bool {
        world.assumptions.iter().any(|&(assumption, holds)| {
            let Some((x, y, order)) = super::relation::relation(assumption, holds) else {
                return false;
            };
            let found = |snapshot: Sym, own: Sym, order: Order| {
                let data = self.symbols.get(own);
                let has = matches!(data.role, Role::CommitIndex | Role::LastApplied)
                    || data.tags.any(Tags::COMMIT.with(Tags::SNAPSHOT).with(Tags::LAST));
                order.within(wanted)
                    && (self.is_snapshot_index(world, snapshot) || written.contains(&snapshot))
                    && data.tags.any(Tags::LOCAL)
                    && has
            };
            found(x, y, order) || found(y, x, order.mirrored())
        })
    }

    /// Whether a value is the index of the snapshot that is received.
    pub(super) fn is_snapshot_index(&self, world: &World, sym: Sym) -> bool {
        let data = self.symbols.get(sym);
        let term = matches!(
            self.role(world, sym),
            Role::ReqTerm | Role::ReqLogTerm | Role::CandidateLastTerm | Role::PrevTerm
        );
        world.handling == Some(Message::InstallSnapshot) && data.tags.only_request() && !term
    }
}
