#include <string>
#include <string_view>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "tasks/dataset.h"
#include "tasks/dataset_descriptor.h"

namespace cupel::tasks {
namespace {

/// Fields with their lengths before them, so that no two lists of fields give the same bytes.
class FieldDigest {
 public:
  void add(std::string_view field) {
    sha_.update(fmt::format("{}:", field.size()));
    sha_.update(field);
  }
  void add(std::size_t number) { add(fmt::format("{}", number)); }
  [[nodiscard]] Digest digest() { return sha_.digest(); }

 private:
  Sha256 sha_;
};

void add_file(FieldDigest& fields, const DataFile& file) {
  fields.add(file.sha256.empty() ? file.git_blob : file.sha256);
  fields.add(file.path.ends_with(".gz") ? "gzip" : "plain");
}

void add_part(FieldDigest& fields, const Part& part) {
  fields.add(static_cast<std::size_t>(part.format));
  fields.add(part.files.size());
  for (const DataFile& file : part.files) add_file(fields, file);
  for (const std::string* column : {&part.columns.id, &part.columns.smiles, &part.columns.text,
                                    &part.only_column, &part.only_value})
    fields.add(*column);
  fields.add(part.rows);  // rows of later parts are numbered after them
  fields.add(part.side ? kSideNames[static_cast<std::size_t>(*part.side)].second : "");
}

}  // namespace

Digest dataset_digest(const DatasetDescriptor& descriptor) {
  FieldDigest fields;
  fields.add("cupel-dataset-1");
  fields.add(descriptor.parts.size());
  for (const Part& part : descriptor.parts) add_part(fields, part);
  if (descriptor.alignment) add_file(fields, *descriptor.alignment);
  fields.add(descriptor.labels.size());
  for (const std::string& label : descriptor.labels) fields.add(label);
  fields.add(descriptor.other_labels);
  fields.add(descriptor.unescape_backslashes ? "unescape" : "");
  fields.add(descriptor.unparsable ? "drop" : "");
  const SplitRule& split = descriptor.split;
  fields.add(static_cast<std::size_t>(split.kind));
  for (const std::uint32_t share : split.fractions) fields.add(std::size_t{share});
  fields.add(std::size_t{split.seed});
  fields.add(split.chirality ? "chiral" : "flat");
  return fields.digest();
}

}  // namespace cupel::tasks
