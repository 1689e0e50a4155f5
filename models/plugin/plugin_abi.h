/* The boundary of a plug-in, in plain C: no exception, no C++ type and no allocated memory crosses
 * it. models/plugin/plugin.h wraps it for authors who write C++.
 *
 * A plug-in is a shared library with one exported function, cupel_plugin(). It is opened with local
 * symbols and never closed. The program links neither LibTorch nor sentencepiece: in one link they
 * crash before main (two versions of protobuf interpose).
 *
 * Who owns what: everything that one side hands over (texts, arrays, sinks) belongs to that side
 * and is good until the called function returns, but for the texts of a gallery (see set_gallery).
 * Whoever wants to keep something copies it. Function pointers that the program hands over are
 * never null, and are called from the thread that was called only. A model is used by one thread at
 * a time. Texts are UTF-8.
 */
#ifndef CUPEL_MODELS_PLUGIN_PLUGIN_ABI_H_
#define CUPEL_MODELS_PLUGIN_PLUGIN_ABI_H_

#include <stddef.h>
#include <stdint.h>

/* C names. NOLINTBEGIN(readability-identifier-naming) */
#ifdef __cplusplus
extern "C" {
#endif

/* Raised by every change of this file. A plug-in of another version is refused. */
#define CUPEL_PLUGIN_ABI_VERSION 3u

/* Text without a terminating zero. */
typedef struct CupelText {
  const char* data;
  size_t size;
} CupelText;

/* Receives one fact, as often as the plug-in likes. */
typedef void (*CupelFactSink)(void* context, CupelText key, CupelText value);

/* Receives texts: the outputs of a model in the order of its inputs, or what went wrong. */
typedef struct CupelSink {
  void* context;
  void (*receive)(void* context, CupelText text);
} CupelSink;

/* How a function ended. After anything but CUPEL_OK the error sink has received one text that says
 * why; after CUPEL_CANCELLED it may have received none. */
typedef int32_t CupelStatus;
enum {
  CUPEL_OK = 0,
  CUPEL_FAILED = 1,     /* the model failed */
  CUPEL_USAGE = 2,      /* the user asked for what makes no sense: an option, a data set */
  CUPEL_CANCELLED = 3,  /* as `cancelled` asked for */
  CUPEL_INTEGRITY = 5,  /* a file is not what it should be: damaged, another digest */
  CUPEL_CAPABILITY = 6, /* this plug-in or machine cannot do it */
};

/* How work goes on, and whether it should. */
typedef struct CupelWork {
  void* context;
  uint32_t jobs;                                 /* threads; 0: all processors */
  void (*progress)(void* context, double share); /* done, in [0, 1] */
  /* A value is finite. In fit(): "loss", 400, 0.25, before the share that it belongs to. Steps
   * rise. What a resumed fit() tells again is not counted twice: the first value of a step stays.
   * In generate() the step is the place of an output in this call, from 0, in any order:
   * "log-probability", natural, of the whole output; "tokens" that it has; "margin", the smallest
   * difference of scores that decided something for it. In generate(), rank() and classify(), for
   * `cupel bench`, with any step, in parts that are added up: "read-tokens" of the inputs;
   * "padded-tokens", with the pads beside them; "flop", operations of matrix products that the
   * tokens alone ask for. Runs leave these aside; `cupel audit invariance` reads the first. */
  void (*fact)(void* context, CupelText name, uint64_t step, double value);
  int32_t (*cancelled)(void* context); /* not 0: stop; ask now and then */
} CupelWork;

typedef struct CupelSample {
  CupelText id;
  CupelText smiles;
  CupelText text;       /* empty in sets without descriptions */
  const int8_t* labels; /* CupelTraining.labels_size of them: 1 positive, -1 negative, 0 missing */
} CupelSample;

typedef struct CupelTraining {
  const CupelSample* train;
  size_t train_size;
  const CupelSample* validation; /* to choose by */
  size_t validation_size;
  const CupelText* labels; /* names of the label columns */
  size_t labels_size;
  uint64_t seed;
  CupelText capability; /* what will be asked of this model: "captioning" "generation"
                           "molecule-retrieval" "text-retrieval" "property" "alignment". Empty in a
                           stage: it may serve several tasks */
  /* Models whose preset says "stages" only, otherwise empty: */
  CupelText stage;  /* "pretraining" "retrieval" "captioning" "generation" "property" */
  CupelText parent; /* folder of the finished stage before, to be read only; empty: there is none */
  CupelText folder; /* where the result goes, and what an interrupted fit() left there. What stands
                       in it at the end is kept, with digests: remove what only resuming needs. The
                       name "stage.json" is taken */
} CupelTraining;

/* What a model is to be loaded from, and for. */
typedef struct CupelTrained {
  CupelText folder;     /* what fit() left there; to be read only */
  CupelText capability; /* as in CupelTraining, never empty */
  const CupelText* labels;
  size_t labels_size;
} CupelTrained;

/* One model; what it is only the plug-in knows. */
typedef struct CupelModel CupelModel;

/* No pointer is null. */
typedef struct CupelPlugin {
  uint32_t abi_version; /* CUPEL_PLUGIN_ABI_VERSION of the plug-in's build */
  uint32_t struct_size; /* sizeof(CupelPlugin) of the plug-in's build */
  const char* name;     /* "torch" */

  /* What this plug-in runs on: versions, devices, threads, the linear algebra that is really
   * mapped. */
  CupelStatus (*describe)(CupelFactSink sink, void* context, CupelSink error);

  /* `implementation` is a name of the plug-in's own; `options` one flat JSON object, each value a
   * string, a number, true or false. Sets *model after CUPEL_OK only. */
  CupelStatus (*create)(CupelText implementation, CupelText options, CupelModel** model,
                        CupelSink error);
  void (*destroy)(CupelModel* model);

  /* Once, before anything below; a model that is fitted in a stage is asked for nothing else. */
  CupelStatus (*fit)(CupelModel* model, const CupelTraining* training, const CupelWork* work,
                     CupelSink error);
  /* Instead of fit(): the model becomes what the stage in this folder ended with. */
  CupelStatus (*load)(CupelModel* model, const CupelTrained* trained, const CupelWork* work,
                      CupelSink error);

  /* Captioning, generation and alignment: one output an input. Of alignment an input is a SMILES, a
   * tab and a text, and an output the JSON that models/plugin/README.md describes. */
  CupelStatus (*generate)(CupelModel* model, const CupelText* inputs, size_t size,
                          const CupelWork* work, CupelSink outputs, CupelSink error);

  /* Retrieval: what queries choose from. The texts stay good until destroy() or the next gallery;
   * the array does not. */
  CupelStatus (*set_gallery)(CupelModel* model, const CupelText* candidates, size_t size,
                             const CupelWork* work, CupelSink error);
  /* Fills the caller's `scores`, queries x gallery, row-major; higher is better; finite. */
  CupelStatus (*rank)(CupelModel* model, const CupelText* queries, size_t size, float* scores,
                      const CupelWork* work, CupelSink error);

  /* Fills the caller's `scores`, inputs x labels, row-major; higher is more likely positive;
   * finite. */
  CupelStatus (*classify)(CupelModel* model, const CupelText* smiles, size_t size, float* scores,
                          const CupelWork* work, CupelSink error);
} CupelPlugin;

/* The one exported symbol. The table lives as long as the process. */
const CupelPlugin* cupel_plugin(void);

#ifdef __cplusplus
}
#endif

/* NOLINTEND(readability-identifier-naming) */
#endif
