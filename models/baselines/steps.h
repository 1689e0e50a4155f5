/// A parallel loop that keeps the promises of Work.
#pragma once

#include <cstddef>
#include <functional>

#include "models/model.h"

namespace cupel::models {

/// The part of a call's progress that one loop makes.
struct Share {
  double begin = 0.0;
  double end = 1.0;
};

/// parallel_for with work.jobs threads. After the first step, and then ten times a second or as
/// often as a step ends, asks work.cancelled (throws Cancelled) and tells work.progress.
void run_steps(std::size_t count, const Work& work, Share share,
               const std::function<void(std::size_t)>& body);

}  // namespace cupel::models
