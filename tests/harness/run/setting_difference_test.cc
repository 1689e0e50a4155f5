#include "harness/run/setting_difference.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"

using cupel::differing_settings;
using cupel::SettingDifference;

TEST_CASE("Settings that differ are found at any depth, with both values, in order of their keys") {
  const auto found = differing_settings(
      "config",
      R"({"z": 1, "same": [1, {"x": "y"}], "model": {"beams": 5, "name": "t5", "deep": {"on": true}}})",
      R"({"z": 1.5, "same": [1, {"x": "y"}], "model": {"beams": 1, "name": "t5", "deep": {"on": null}}})",
      "test");
  CHECK(found == std::vector<SettingDifference>{{"config", "model.beams", "5", "1"},
                                                {"config", "model.deep.on", "true", "null"},
                                                {"config", "z", "1", "1.5"}});
}

TEST_CASE("A setting that one side lacks is absent there, also an empty one") {
  const auto found = differing_settings("source", R"({"a": "", "list": [1, 2], "none": {}})",
                                        R"({"list": [1], "b": []})", "test");
  CHECK(found == std::vector<SettingDifference>{{"source", "a", "", std::nullopt},
                                                {"source", "b", std::nullopt, "[]"},
                                                {"source", "list.1", "2", std::nullopt},
                                                {"source", "none", "{}", std::nullopt}});
}

TEST_CASE("Equal settings do not differ, whatever the order of their keys") {
  CHECK(differing_settings("config", R"({"a": 1, "b": [2]})", R"({"b": [2], "a": 1})", "test")
            .empty());
  CHECK_THROWS_AS(differing_settings("config", "{", "{}", "test"), cupel::Error);
}
