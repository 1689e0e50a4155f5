#include "tasks/task.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tasks/dataset_descriptor.h"
#include "tasks/definitions/embedded.h"

using namespace cupel;
using namespace cupel::tasks;

TEST_CASE("the tasks are the twelve of the published systems, the two choices, and alignment") {
  const std::vector<std::string> ids = {"text-to-molecule-retrieval",
                                        "molecule-to-text-retrieval",
                                        "captioning",
                                        "generation",
                                        "property-bbbp",
                                        "property-tox21",
                                        "property-toxcast",
                                        "property-sider",
                                        "property-clintox",
                                        "property-muv",
                                        "property-hiv",
                                        "property-bace",
                                        "text-to-molecule-choice",
                                        "molecule-to-text-choice",
                                        "fragment-alignment"};
  CHECK(task_registry().ids() == ids);
  for (std::size_t i = 0; i < ids.size(); ++i)
    CHECK(embedded_definitions()[i].first == ids[i] + ".json");
}

TEST_CASE("each task is on the data set of its published numbers") {
  const auto& tasks = task_registry();
  CHECK(tasks.get("captioning").dataset == "chebi-20");
  CHECK(tasks.get("generation").dataset == "chebi-20");
  for (const Task& task : tasks.entries()) {
    INFO(task.id);
    CHECK_FALSE(task.summary.empty());
    CHECK(task.version == 1);
    if (task.id.starts_with("property-")) {
      CHECK(task.dataset == task.id.substr(9));
      CHECK(task.scoring == "property");
    }
    if (task.id.ends_with("retrieval") || task.id.ends_with("choice"))
      CHECK(task.dataset == "pcdes");
    const bool choice = task.id.ends_with("choice");
    CHECK(task.scoring.starts_with("choice") == choice);
    CHECK(task.choices ==
          (choice ? std::vector<std::size_t>{4, 10, 20} : std::vector<std::size_t>{}));
  }
}

TEST_CASE("a task's input and target follow from what it asks of a model") {
  const Sample sample{.id = "1", .smiles = "CC", .text = "ethane", .labels = {1}};
  struct Expected {
    const char* id;
    const char* input;
    const char* target;
  };
  for (const auto& [id, input, target] : {Expected{"captioning", "CC", "ethane"},
                                          {"generation", "ethane", "CC"},
                                          {"text-to-molecule-retrieval", "ethane", "CC"},
                                          {"molecule-to-text-retrieval", "CC", "ethane"},
                                          {"text-to-molecule-choice", "ethane", "CC"},
                                          {"molecule-to-text-choice", "CC", "ethane"},
                                          {"property-bbbp", "CC", ""},
                                          {"fragment-alignment", "CC\tethane", ""}}) {
    INFO(id);
    const Task& task = task_registry().get(id);
    CHECK(task.input(sample) == input);
    CHECK(task.target(sample) == target);
  }
}

TEST_CASE("fragments are aligned where a set says which atoms a phrase stands for") {
  const Task& task = task_registry().get("fragment-alignment");
  for (const char* id : {"mini-pcdes", "mini-chebi-20"})
    CHECK(misfit(task, dataset_registry().get(id)).empty());
  CHECK(misfit(task, dataset_registry().get("pcdes")) ==
        "data set 'pcdes' does not say which atoms a phrase stands for, which "
        "'fragment-alignment' needs");
  CHECK(misfit(task, dataset_registry().get("bbbp")) ==
        "data set 'bbbp' has no texts, which 'fragment-alignment' needs");
}
