/// results/migrations/*.sql as part of the program, in order.
#pragma once

#include <span>
#include <string_view>
#include <utility>

namespace cupel::results {

[[nodiscard]] std::span<const std::pair<std::string_view, std::string_view>> embedded_migrations();

}  // namespace cupel::results
