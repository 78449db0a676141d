//! The command from outside: the real program on real files and sockets, and what holds across the crates.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod architecture;
mod audit;
mod backup;
mod bins;
mod context;
mod copy;
mod documents;
mod draft;
mod erase;
mod examples;
mod export;
mod gates;
mod http;
mod identical;
mod import;
mod leak;
mod log;
mod pairs;
mod private;
mod quickstart;
mod readme;
mod real;
mod reasons;
mod recalibrate;
mod refused;
mod replay;
mod running;
mod serve;
mod small;
mod tracking;
mod train;
mod transparency;
mod tune;
mod unknowns;
mod wide;
