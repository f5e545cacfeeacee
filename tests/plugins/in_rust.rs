//! in_rust: words of each area, from the ABI alone: what assay.h lays out, as far as it is used here.
#![crate_type = "cdylib"]

use std::ffi::CStr;
use std::os::raw::{c_char, c_int, c_void};
use std::mem::size_of;
use std::ptr::null;

#[repr(C)]
pub struct Context {
    host: *const Host,
}

#[repr(C)]
pub struct Host {
    size: u32,
    before_rows: [usize; 8], // set_error to option_dictionary
    row_begin: extern "C" fn(*mut Context, u32),
    put_text: extern "C" fn(*mut Context, u32, *const c_char, usize),
    put_int: extern "C" fn(*mut Context, u32, i64),
    put_real: usize,
    row_end: extern "C" fn(*mut Context) -> c_int,
}

#[repr(C)]
pub struct Report {
    size: u32,
    n_pages: u32,
    id: *const c_char,
    text: *const c_char,
    text_bytes: u32,
    n_facts: u32,
    facts: [usize; 2],
    n_judgements: u32,
    judgements: [usize; 6],
    n_areas: u32,
    area_id: *const *const c_char,
    area_role: *const u32,
    area_sentences: *const u32,
    area_words: *const u32,
}

#[repr(C)]
pub struct Column {
    size: u32,
    kind: u32,
    name: *const c_char,
    decimals: u32,
    nullable: u32,
    unit: *const c_char,
    doc: *const c_char,
}

#[repr(C)]
pub struct Table {
    size: u32,
    scope: u32,
    name: *const c_char,
    primary_key: *const *const c_char,
    columns: *const *const Column,
    doc: *const c_char,
}

#[repr(C)]
pub struct Plugin {
    magic: u32,
    abi_major: u16,
    abi_minor: u16,
    size: u32,
    kind: u32,
    name: *const c_char,
    version: *const c_char,
    licence: *const c_char,
    summary: *const c_char,
    options: usize,
    tables: *const *const Table,
    layers: [usize; 3],
    open_close_lookup: [usize; 3],
    accept_load: [usize; 2],
    analyse: extern "C" fn(*mut Context, *mut c_void, *const Report) -> c_int,
    summarise_begin_write_end: [usize; 4],
}

/// A constant of pointers to constants.
#[repr(transparent)]
pub struct Shared<T>(T);
unsafe impl<T> Sync for Shared<T> {}

const fn text(bytes: &'static [u8]) -> *const c_char {
    bytes.as_ptr() as *const c_char
}

static AREA: Shared<Column> = Shared(Column {
    size: size_of::<Column>() as u32,
    kind: 1,
    name: text(b"area\0"),
    decimals: 0,
    nullable: 0,
    unit: null(),
    doc: text(b"The area's id.\0"),
});
static WORDS: Shared<Column> = Shared(Column {
    size: size_of::<Column>() as u32,
    kind: 3,
    name: text(b"words\0"),
    decimals: 0,
    nullable: 0,
    unit: text(b"words\0"),
    doc: text(b"Words of the area's sentences.\0"),
});
static COLUMNS: Shared<[*const Column; 3]> = Shared([&AREA.0, &WORDS.0, null()]);
static KEY: Shared<[*const c_char; 2]> = Shared([text(b"area\0"), null()]);
static TABLE: Shared<Table> = Shared(Table {
    size: size_of::<Table>() as u32,
    scope: 1,
    name: text(b"in_rust\0"),
    primary_key: &KEY.0[0],
    columns: &COLUMNS.0[0],
    doc: text(b"One row per report and area.\0"),
});
static TABLES: Shared<[*const Table; 2]> = Shared([&TABLE.0, null()]);

extern "C" fn analyse(context: *mut Context, _own: *mut c_void, report: *const Report) -> c_int {
    // SAFETY: the host hands over what the header says, valid until this returns.
    let (host, r) = unsafe { (&*(*context).host, &*report) };
    for area in 0..r.n_areas as usize {
        let (id, words) = unsafe { (*r.area_id.add(area), *r.area_words.add(area)) };
        let length = unsafe { CStr::from_ptr(id) }.to_bytes().len();
        (host.row_begin)(context, 0);
        (host.put_text)(context, 0, id, length);
        (host.put_int)(context, 1, words.into());
        if (host.row_end)(context) != 0 {
            return -1;
        }
    }
    0
}

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static in_rust_LTX_assay_plugin: Shared<Plugin> = Shared(Plugin {
    magic: 0x79617361,
    abi_major: 1,
    abi_minor: 0,
    size: size_of::<Plugin>() as u32,
    kind: 2,
    name: text(b"in_rust\0"),
    version: text(b"1.0\0"),
    licence: text(b"GPL-3.0-or-later\0"),
    summary: text(b"Counts words of each area, in Rust.\0"),
    options: 0,
    tables: &TABLES.0[0],
    layers: [0; 3],
    open_close_lookup: [0; 3],
    accept_load: [0; 2],
    analyse,
    summarise_begin_write_end: [0; 4],
});
