@NullMarked
package dev.matryoshka.app.lab;

import org.jspecify.annotations.NullMarked;
