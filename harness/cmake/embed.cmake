# cupel_embed(out.cc NAMESPACE ns FUNCTION f HEADER h FILES a.json b.json …): files as (name, bytes) pairs of one function.
# They stand below the project, or have absolute paths.
function(cupel_embed out)
  cmake_parse_arguments(PARSE_ARGV 1 EMBED "" "NAMESPACE;FUNCTION;HEADER" "FILES")
  set(rows "")
  foreach(file IN LISTS EMBED_FILES)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} bytes)
    cmake_path(GET file FILENAME name)
    string(APPEND rows "    {\"${name}\", R\"cupel_file(${bytes})cupel_file\"sv},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${out} @ONLY NEWLINE_STYLE UNIX CONTENT
"#include \"@EMBED_HEADER@\"
namespace @EMBED_NAMESPACE@ {
using std::string_view_literals::operator\"\"sv;   // counts at once; constexpr would count byte by byte
std::span<const std::pair<std::string_view, std::string_view>> @EMBED_FUNCTION@() {
  static constexpr std::pair<std::string_view, std::string_view> files[] = {
@rows@  };
  return files;
}
}  // namespace @EMBED_NAMESPACE@
")
endfunction()
