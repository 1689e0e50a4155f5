// A metric must not see LibTorch, although its headers are on the include path.
#include <ATen/ATen.h>
