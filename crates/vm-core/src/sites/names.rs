//! What places are called: function, file and line.
//!
//! Places are instructions; those of one line that were reached in one way are one site.

use super::{Place, Sites};
use crate::vm::Vm;
use hashbrown::HashMap;
use vm_gc::snapshot::{NewSite, SiteIndex};
use vm_heap::ObjectRef;

/// The sites of a machine; none if they are not recorded.
pub(crate) struct SiteNames<'a> {
    sites: Vec<NewSite<'a>>,
    /// The site of each place.
    of_place: Vec<SiteIndex>,
    recorded: Option<&'a Sites>,
}

impl<'a> SiteNames<'a> {
    pub(crate) fn of(vm: &'a Vm) -> SiteNames<'a> {
        let mut names = SiteNames {
            sites: Vec::new(),
            of_place: Vec::new(),
            recorded: vm.sites.as_deref(),
        };
        let mut known = HashMap::new();
        for place in names.recorded.iter().flat_map(|sites| &sites.places) {
            let caller = place.caller.map(|caller| names.of_place[caller as usize]);
            let (site, key) = name(vm, place, caller);
            let next = names.sites.len() as SiteIndex;
            let index = *known.entry(key).or_insert(next);
            match names.sites.get_mut(index as usize) {
                Some(same) => {
                    same.objects += site.objects;
                    same.bytes += site.bytes;
                }
                None => names.sites.push(site),
            }
            names.of_place.push(index);
        }
        names
    }

    /// All sites, callers first.
    pub(crate) fn all(&self) -> &[NewSite<'a>] {
        &self.sites
    }

    /// Where an object was allocated.
    pub(crate) fn site_of(&self, object: ObjectRef) -> Option<SiteIndex> {
        let place = self.recorded?.of_object.get(&object.address())?;
        Some(self.of_place[*place as usize])
    }
}

/// A place as a site, and what it shares with the places that are the same site.
fn name<'a>(
    vm: &'a Vm,
    place: &Place,
    caller: Option<SiteIndex>,
) -> (NewSite<'a>, (Option<SiteIndex>, usize, u32)) {
    let (code_pointer, behind) = place.at;
    // SAFETY: code lives as long as the machine.
    let code = unsafe { &*code_pointer };
    let word = (behind.addr() - code.words.as_ptr().addr()) / size_of::<u32>();
    // A frame that has not run yet stores its first instruction.
    let (line, _) = code.position(word.saturating_sub(1) as u32);
    let site = NewSite {
        function: vm.text(code.qualified_name).into(),
        file: code.file().unwrap_or("").into(),
        line,
        caller,
        objects: place.objects,
        bytes: place.bytes,
    };
    (site, (caller, code_pointer.addr(), line))
}
