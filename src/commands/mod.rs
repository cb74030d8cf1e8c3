//! One verb per file: takes resolved arguments, prints through `io::term` alone.
