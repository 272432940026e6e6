/** Values and texts as single words of a line, with their types and without loss: texts as UTF-16 units in hex, floats as their bits. */
final class Words {
  private Words() {}

  static String text(String text) {
    if (text == null) return "null";
    StringBuilder hex = new StringBuilder("string:");
    for (char unit : text.toCharArray()) hex.append(String.format("%04x", (int) unit));
    return hex.toString();
  }

  /** Of a word `string:…` or `null`. */
  static String text(String word, int from) {
    String hex = word.substring(from);
    if (hex.equals("null")) return null;
    hex = hex.substring("string:".length());
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < hex.length(); at += 4)
      text.append((char) Integer.parseInt(hex.substring(at, at + 4), 16));
    return text.toString();
  }

  static String value(Object value) {
    if (value == null) return "null";
    if (value instanceof Boolean) return "boolean:" + value;
    if (value instanceof Byte) return "byte:" + value;
    if (value instanceof Character) return "char:" + (int) (Character) value;
    if (value instanceof Short) return "short:" + value;
    if (value instanceof Integer) return "int:" + value;
    if (value instanceof Long) return "long:" + value;
    if (value instanceof Float) return "float:" + Integer.toHexString(Float.floatToRawIntBits((Float) value));
    if (value instanceof Double)
      return "double:" + Long.toHexString(Double.doubleToRawLongBits((Double) value));
    if (value instanceof byte[]) {
      StringBuilder hex = new StringBuilder("bytes:");
      for (byte each : (byte[]) value) hex.append(String.format("%02x", each & 0xff));
      return hex.toString();
    }
    if (value instanceof String) return text((String) value);
    return "other:" + value.getClass().getName();
  }

  static Object value(String word) {
    int colon = word.indexOf(':');
    if (colon < 0) return null;
    String rest = word.substring(colon + 1);
    switch (word.substring(0, colon)) {
      case "boolean":
        return Boolean.valueOf(rest);
      case "byte":
        return Byte.valueOf(rest);
      case "char":
        return (char) Integer.parseInt(rest);
      case "short":
        return Short.valueOf(rest);
      case "int":
        return Integer.valueOf(rest);
      case "long":
        return Long.valueOf(rest);
      case "float":
        return Float.intBitsToFloat(Integer.parseUnsignedInt(rest, 16));
      case "double":
        return Double.longBitsToDouble(Long.parseUnsignedLong(rest, 16));
      case "bytes": {
        byte[] bytes = new byte[rest.length() / 2];
        for (int at = 0; at < bytes.length; at++)
          bytes[at] = (byte) Integer.parseInt(rest.substring(at * 2, at * 2 + 2), 16);
        return bytes;
      }
      case "string":
        return text(word, 0);
      default:
        throw new IllegalArgumentException(word);
    }
  }
}
