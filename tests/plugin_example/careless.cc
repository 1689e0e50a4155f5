// A plug-in in plain C style that breaks the rules of plugin_abi.h in each of its functions.
#include <limits>
#include <stdexcept>
#include <string_view>

#include "models/plugin/plugin_abi.h"

namespace {

CupelStatus describe(CupelFactSink, void*, CupelSink) { throw std::runtime_error("escaped"); }

/// "nothing" leaves *model alone.
CupelStatus create(CupelText name, CupelText, CupelModel** model, CupelSink) {
  static int one = 0;
  if (std::string_view(name.data, name.size) != "nothing")
    *model = reinterpret_cast<CupelModel*>(&one);
  return CUPEL_OK;
}
void destroy(CupelModel*) {}

/// Goes on after it was told to stop.
CupelStatus fit(CupelModel*, const CupelTraining*, const CupelWork* work, CupelSink) {
  work->progress(work->context, 7.0);
  work->progress(work->context, 0.5);
  work->progress(work->context, 1.0);
  return CUPEL_OK;
}

/// Tells what is no number, and a name that is no text.
CupelStatus load(CupelModel*, const CupelTrained* trained, const CupelWork* work, CupelSink) {
  const bool latin = std::string_view(trained->folder.data, trained->folder.size) == "latin";
  work->fact(work->context, {latin ? "\xe9" : "loss", latin ? std::size_t{1} : 4}, 12,
             latin ? 0.5 : std::numeric_limits<double>::quiet_NaN());
  return CUPEL_OK;
}

/// One output, whatever the inputs; that of "latin" is not UTF-8.
CupelStatus generate(CupelModel*, const CupelText* inputs, std::size_t, const CupelWork*,
                     CupelSink outputs, CupelSink) {
  const bool latin = std::string_view(inputs->data, inputs->size) == "latin";
  outputs.receive(outputs.context, {latin ? "\xe9" : "one", latin ? std::size_t{1} : 3});
  return CUPEL_OK;
}

/// Throws what is no std::exception.
CupelStatus set_gallery(CupelModel*, const CupelText*, std::size_t size, const CupelWork*,
                        CupelSink) {
  if (size == 0) throw 3;
  return CUPEL_OK;
}

/// Forgets the last score.
CupelStatus rank(CupelModel*, const CupelText*, std::size_t size, float* scores, const CupelWork*,
                 CupelSink) {
  for (std::size_t i = 0; i + 1 < 2 * size; ++i) scores[i] = 0.0F;
  return CUPEL_OK;
}

/// A status that does not exist, without a reason.
CupelStatus classify(CupelModel*, const CupelText*, std::size_t, float*, const CupelWork*,
                     CupelSink) {
  return 42;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const CupelPlugin* cupel_plugin() {
  static const CupelPlugin plugin{CUPEL_PLUGIN_ABI_VERSION,
                                  sizeof(CupelPlugin),
                                  "careless",
                                  describe,
                                  create,
                                  destroy,
                                  fit,
                                  load,
                                  generate,
                                  set_gallery,
                                  rank,
                                  classify};
  return &plugin;
}
