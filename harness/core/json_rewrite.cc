#include "harness/core/json_rewrite.h"

namespace cupel {

void write_json(JsonWriter& json, const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::kNull:
      json.null();
      break;
    case JsonValue::Kind::kBool:
      json.value(value.truth);
      break;
    case JsonValue::Kind::kInteger:
      json.value(value.integer);
      break;
    case JsonValue::Kind::kReal:
      json.value(value.real);
      break;
    case JsonValue::Kind::kText:
      json.value(value.text);
      break;
    case JsonValue::Kind::kArray:
      json.begin_array();
      for (const JsonValue& item : value.items) write_json(json, item);
      json.end_array();
      break;
    case JsonValue::Kind::kObject:
      json.begin_object();
      for (const JsonMember& member : value.members) write_json(json.key(member.key), member.value);
      json.end_object();
      break;
  }
}

}  // namespace cupel
