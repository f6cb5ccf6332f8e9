//! Perfetto's own format: a stream of `TracePacket`s, most of them `TrackEvent`s.
//!
//! ```text
//!  first packets:  descriptors of the tracks
//!    process "vm PROGRAM" -+- thread "collector"     slices
//!                          +- heap_bytes ...         counters, one track each
//!                  the names, by number ("interned")
//!  then:           slice begins, slice ends, counter values
//! ```
//!
//! `fields` has the numbers of the published definitions; CI decodes the golden file with these.

use super::fields as field;
use super::marks::{Counter, DETAIL_NAMES, Mark, TRACK, collection_name, details, marks};
use super::{EventWriter, RunEnd, RunStart};
use crate::error::TraceError;
use crate::protobuf::Message;
use std::io::Write;
use vm_gc::{CollectionEvent, Event, Generation, LimitEvent, Stage};

/// `TrackEvent.Type`.
#[derive(Clone, Copy)]
enum Type {
    SliceBegin = 1,
    SliceEnd = 2,
    Instant = 3,
    Counter = 4,
}

/// `CounterDescriptor.Unit`.
const UNIT_COUNT: u64 = 2;
const UNIT_SIZE_BYTES: u64 = 3;

/// `TracePacket.SequenceFlags`: names are defined anew here; names are used here.
const CLEARED: u64 = 1;
const NEEDS_NAMES: u64 = 2;

/// The one sequence of packets, process, thread and track of slices.
const SEQUENCE: u64 = 1;
const PID: u64 = 1;
const PROCESS_TRACK: u64 = 1;
const THREAD_TRACK: u64 = 2;

/// The track of a counter.
const fn track_of(counter: Counter) -> u64 {
    THREAD_TRACK + 1 + counter as u64
}

/// The names of annotations that are not [`details`].
const REASON: &str = "reason";
const MOST: &str = "most";
const REQUESTED: &str = "requested";

/// See the [module](self).
pub(super) struct Perfetto<W> {
    output: W,
    /// The numbers of the names of slices, and of annotations.
    slices: Names,
    annotations: Names,
}

/// Names that are written once; a name's number is its place, from 1.
struct Names(Vec<&'static str>);

impl Names {
    fn number(&self, name: &str) -> u64 {
        let place = self.0.iter().position(|&known| known == name);
        debug_assert!(place.is_some(), "`{name}` is among the names");
        place.map_or(0, |place| place as u64 + 1)
    }

    /// Adds all of them to the field `kind` of a table.
    fn write(&self, table: &mut Message, kind: u32) {
        for (place, name) in self.0.iter().enumerate() {
            table.message(kind, |entry| {
                entry.integer(field::interned::ID, place as u64 + 1);
                entry.text(field::interned::NAME, name);
            });
        }
    }
}

impl<W: Write> Perfetto<W> {
    pub(super) fn new(output: W, start: &RunStart) -> Result<Perfetto<W>, TraceError> {
        let mut slices = Generation::ALL.map(collection_name).to_vec();
        slices.extend(Stage::ALL.map(Stage::name));
        let mut annotations = vec![REASON, MOST, REQUESTED];
        annotations.extend(DETAIL_NAMES);
        let mut writer = Perfetto {
            output,
            slices: Names(slices),
            annotations: Names(annotations),
        };
        writer.define_names()?;
        writer.describe_tracks(start)?;
        writer.count(start.at_ns, Counter::HeapBytes, start.heap_bytes)?;
        writer.count(start.at_ns, Counter::ReservedBytes, start.reserved_bytes)?;
        Ok(writer)
    }

    fn packet(&mut self, flags: u64, write: impl FnOnce(&mut Message)) -> Result<(), TraceError> {
        let mut trace = Message::default();
        trace.message(field::trace::PACKET, |packet| {
            packet.integer(field::packet::SEQUENCE, SEQUENCE);
            packet.integer(field::packet::SEQUENCE_FLAGS, flags);
            write(packet);
        });
        Ok(self.output.write_all(trace.as_bytes())?)
    }

    fn define_names(&mut self) -> Result<(), TraceError> {
        let mut names = Message::default();
        self.slices.write(&mut names, field::interned::EVENT_NAMES);
        let annotations = field::interned::ANNOTATION_NAMES;
        self.annotations.write(&mut names, annotations);
        self.packet(CLEARED, |packet| {
            packet.append(field::packet::INTERNED, &names);
        })
    }

    fn describe_tracks(&mut self, start: &RunStart) -> Result<(), TraceError> {
        use field::{counter, descriptor, packet, process, thread};
        self.packet(NEEDS_NAMES, |packet| {
            packet.message(packet::TRACK_DESCRIPTOR, |track| {
                track.integer(descriptor::UUID, PROCESS_TRACK);
                track.message(descriptor::PROCESS, |fields| {
                    fields.integer(process::PID, PID);
                    fields.text(process::NAME, &format!("vm {}", start.program));
                });
            });
        })?;
        self.packet(NEEDS_NAMES, |packet| {
            packet.message(packet::TRACK_DESCRIPTOR, |track| {
                track.integer(descriptor::UUID, THREAD_TRACK);
                track.integer(descriptor::PARENT_UUID, PROCESS_TRACK);
                track.message(descriptor::THREAD, |fields| {
                    fields.integer(thread::PID, PID);
                    fields.integer(thread::TID, PID);
                    fields.text(thread::NAME, TRACK);
                });
            });
        })?;
        for each in Counter::ALL {
            self.packet(NEEDS_NAMES, |packet| {
                packet.message(packet::TRACK_DESCRIPTOR, |track| {
                    track.integer(descriptor::UUID, track_of(each));
                    track.integer(descriptor::PARENT_UUID, PROCESS_TRACK);
                    track.text(descriptor::NAME, each.name());
                    track.message(descriptor::COUNTER, |fields| {
                        let unit = if each.is_bytes() {
                            UNIT_SIZE_BYTES
                        } else {
                            UNIT_COUNT
                        };
                        fields.integer(counter::UNIT, unit);
                    });
                });
            })?;
        }
        Ok(())
    }

    fn track_event(
        &mut self,
        at_ns: u64,
        kind: Type,
        track: u64,
        write: impl FnOnce(&mut Message),
    ) -> Result<(), TraceError> {
        self.packet(NEEDS_NAMES, |packet| {
            packet.integer(field::packet::TIMESTAMP, at_ns);
            packet.message(field::packet::TRACK_EVENT, |event| {
                event.integer(field::event::TYPE, kind as u64);
                event.integer(field::event::TRACK_UUID, track);
                write(event);
            });
        })
    }

    fn count(&mut self, at_ns: u64, counter: Counter, value: u64) -> Result<(), TraceError> {
        self.track_event(at_ns, Type::Counter, track_of(counter), |event| {
            event.integer(field::event::COUNTER_VALUE, value);
        })
    }

    fn collection(&mut self, at_ns: u64, collection: &CollectionEvent) -> Result<(), TraceError> {
        let name = self.slices.number(collection_name(collection.generation));
        let reason = self.annotations.number(REASON);
        let names = DETAIL_NAMES.map(|name| self.annotations.number(name));
        let values = details(collection);
        self.track_event(at_ns, Type::SliceBegin, THREAD_TRACK, |event| {
            event.integer(field::event::NAME_ID, name);
            event.message(field::event::ANNOTATIONS, |annotation| {
                annotation.integer(field::annotation::NAME_ID, reason);
                annotation.text(field::annotation::TEXT, collection.reason.name());
            });
            annotate(event, names.into_iter().zip(values));
        })
    }

    fn limit(&mut self, at_ns: u64, limit: &LimitEvent) -> Result<(), TraceError> {
        let most = self.annotations.number(MOST);
        let requested = self.annotations.number(REQUESTED);
        self.track_event(at_ns, Type::Instant, THREAD_TRACK, |event| {
            event.text(field::event::NAME, &format!("limit {}", limit.limit));
            annotate(event, [(most, limit.most), (requested, limit.requested)]);
        })
    }

    fn mark(&mut self, at_ns: u64, mark: &Mark<'_>) -> Result<(), TraceError> {
        match mark {
            Mark::Collection(event) => self.collection(at_ns, event),
            Mark::Stage(name) => {
                let name = self.slices.number(name);
                self.track_event(at_ns, Type::SliceBegin, THREAD_TRACK, |event| {
                    event.integer(field::event::NAME_ID, name);
                })
            }
            Mark::End => self.track_event(at_ns, Type::SliceEnd, THREAD_TRACK, |_| {}),
            Mark::Count(counter, value) => self.count(at_ns, *counter, *value),
            Mark::Limit(limit) => self.limit(at_ns, limit),
        }
    }
}

/// Adds numbers by the numbers of their names.
fn annotate(event: &mut Message, numbers: impl IntoIterator<Item = (u64, u64)>) {
    for (name, value) in numbers {
        event.message(field::event::ANNOTATIONS, |annotation| {
            annotation.integer(field::annotation::NAME_ID, name);
            annotation.integer(field::annotation::UNSIGNED, value);
        });
    }
}

impl<W: Write + Send> EventWriter for Perfetto<W> {
    fn event(&mut self, event: &Event) -> Result<(), TraceError> {
        marks(event, |at_ns, mark| self.mark(at_ns, &mark))
    }

    fn finish(&mut self, end: &RunEnd) -> Result<(), TraceError> {
        self.count(end.at_ns, Counter::HeapBytes, end.heap_bytes)?;
        self.count(end.at_ns, Counter::ReservedBytes, end.reserved_bytes)?;
        Ok(self.output.flush()?)
    }
}
