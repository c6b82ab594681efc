/** FFmpeg: tracks of files to frames. */
@NullMarked
package dev.matryoshka.media.ffmpeg;

import org.jspecify.annotations.NullMarked;
