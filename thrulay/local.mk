# thrulay and thrulayd, and the library they are made of.
