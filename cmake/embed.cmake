# Turns the files of web/ into one C++ source, so that the program is a single file.
#   cmake -DOUTPUT=embedded.cpp -DDIRECTORY=web -DFILES="a.css;b.js" -P embed.cmake
# What is generated is declared in src/routes/assets.h.

set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
    file(READ "${DIRECTORY}/${file}" hex HEX)
    file(SHA256 "${DIRECTORY}/${file}" digest)
    string(SUBSTRING "${digest}" 0 16 version)
    string(LENGTH "${hex}" hex_length)
    math(EXPR size "${hex_length} / 2")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    # A line for every 16 bytes: compilers and editors dislike endless ones.
    string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
                         "\\1\n" bytes "${bytes}")
    string(APPEND arrays "const unsigned char bytes_${index}[] = {\n${bytes}0};\n")
    string(APPEND rows "    {\"${file}\", {reinterpret_cast<const char*>(bytes_${index}), ${size}}, \"${version}\"},\n")
    math(EXPR index "${index} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Generated from web/ by cmake/embed.cmake.
#include \"src/routes/assets.h\"

namespace routes {

namespace {

${arrays}
const Asset table[] = {
${rows}};

} // namespace

std::span<const Asset> assets() {
    return table;
}

} // namespace routes
")
