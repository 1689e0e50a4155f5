// What the leak sanitizer is to overlook: leaks of libraries, not ours. Unused in other builds.
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions();

// InChI forgets its parsed options when it is asked for its version (chem::inchi_version, once).
const char* __lsan_default_suppressions() { return "leak:libinchi.so\n"; }
