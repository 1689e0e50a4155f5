/// The inputs of a certificate: what a stored score depends on, and what it was made with.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/run/certificate.h"
#include "harness/run/scoring.h"
#include "results/store.h"
#include "tasks/dataset.h"
#include "tasks/dataset_descriptor.h"

namespace cupel {

/// Where inputs are looked for. Empty: not known.
struct CertificateFiles {
  tasks::DataRoots data;
  ScoringFiles scoring;
  std::filesystem::path artifacts;  ///< the folder of what stages ended with
  std::filesystem::path program;    ///< this executable
  std::filesystem::path modules;    ///< the folder of its modules
  /// Files that have no place of their own, by the name of their input: weights, files of a preset,
  /// an imported prediction file.
  std::map<std::string, std::filesystem::path> named;
};

/// One run under one protocol: what a certificate is about.
struct CertifiedRun {
  results::Store& store;
  results::Run run;
  results::StoredProtocol protocol;
  std::vector<results::Measurement> measurements;  ///< complete, of this protocol
};

/// By kind:
///   configuration      of the cell; SHA-256 of its JSON
///   stage, artifact    of its training: what was to be trained, and what it ended with
///   data set           SHA-256 of what the descriptor says (tasks::dataset_digest), of the cell's
///                      and of each stage's; not of an imported run
///   data file          of these; "path (set)"
///   weights            a file that an option of the model names, by the option's name
///   model file         a file that the model's preset names as its own
///   imported file      that the predictions were read from
///   split              the examples; Merkle root of their rows
///   predictions        Merkle root of their rows
///   protocol           SHA-256 of its body
///   statistics         of one metric: those of every example, with the score
///                      (results::score_digest)
///   vocabulary         "scibert", "t5" or "wordnet", where a certified metric reads it
///   environment        of the run, and of the scores
///   program, module    that certified it
/// All of them. Vocabularies, program and modules are read here; of all else the digests are those
/// that store and descriptors have. Throws Error{kUsage} or {kCapability} when a vocabulary that is
/// needed is not there.
[[nodiscard]] std::vector<CertifiedInput> certified_inputs(const CertifiedRun& certified,
                                                           const CertificateFiles& files);

/// The same without vocabularies, program and modules: what follows from the store.
[[nodiscard]] std::vector<CertifiedInput> stored_inputs(const CertifiedRun& certified,
                                                        const std::filesystem::path& artifacts);

/// The names of inputs, for whoever looks for them again.
[[nodiscard]] std::string stage_name(const results::StoredStage& stage);
[[nodiscard]] std::string data_file_name(const tasks::DatasetDescriptor& set,
                                         const tasks::DataFile& file);

/// Of "scibert", "t5" or "wordnet". Throws Error{kUsage} or {kCapability} when it is not there.
[[nodiscard]] std::string vocabulary_digest(const std::string& name, const ScoringFiles& files);

}  // namespace cupel
