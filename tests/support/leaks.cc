// What the leak sanitizer is to overlook: leaks of libraries, not ours. Unused in other builds.
extern "C" {
__attribute__((visibility("default"))) const char* __lsan_default_suppressions();
__attribute__((visibility("default"))) const char* __lsan_default_options();
}

// InChI forgets its parsed options when it is asked for its version (chem::inchi_version, once).
const char* __lsan_default_suppressions() { return "leak:libinchi.so\n"; }
// Tests read standard error: nothing is to be said about what was overlooked.
const char* __lsan_default_options() { return "print_suppressions=0"; }
