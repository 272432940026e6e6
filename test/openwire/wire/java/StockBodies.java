package org.apache.activemq;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.jms.MessageEOFException;
import org.apache.activemq.command.*;
import org.apache.activemq.management.JMSStatsImpl;
import org.apache.activemq.transport.Transport;
import org.apache.activemq.util.ByteSequence;
import org.apache.activemq.util.IdGenerator;
import org.fusesource.hawtbuf.UTF8Buffer;

/**
 * Reads messages as `KIND COMPRESSED CONTENT PROPERTIES` (`x` and hex, or `-` for none), one a line, and prints for each what the stock client finds in
 * it, and what it writes when it is given the same itself: `FOUND COMPRESSED CONTENT PROPERTIES`. Lives in this package for
 * the constructor of a connection, which says whether to compress.
 */
public class StockBodies {
    public static void main(String[] arguments) throws Exception {
        Transport nowhere = (Transport) Proxy.newProxyInstance(
            StockBodies.class.getClassLoader(), new Class<?>[] {Transport.class},
            (proxy, method, given) -> method.getReturnType() == boolean.class ? false : null);
        ActiveMQConnection connection =
            new ActiveMQConnection(nowhere, new IdGenerator(), new IdGenerator(), new JMSStatsImpl());
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split(" ");
            boolean compressed = parts[1].equals("true");
            ActiveMQMessage message = made(parts[0]);
            message.setCompressed(compressed);
            message.setContent(bytes(parts[2]));
            message.setMarshalledProperties(bytes(parts[3]));
            message.setReadOnlyBody(true);
            ActiveMQMessage own = made(parts[0]);
            connection.setUseCompression(compressed);
            own.setConnection(connection);
            out.print(found(message, own));
            own.onSend();
            own.beforeMarshall(null);
            out.println(" " + own.isCompressed() + " " + hex(own.getContent()) + " " + hex(own.getMarshalledProperties()));
        }
        out.flush();
        System.exit(0);
    }

    static ActiveMQMessage made(String kind) throws Exception {
        return (ActiveMQMessage) Class.forName("org.apache.activemq.command." + kind).getConstructor().newInstance();
    }

    static ByteSequence bytes(String hex) {
        return hex.equals("-") ? null : new ByteSequence(HexFormat.of().parseHex(hex.substring(1)));
    }

    /** With a letter in front, so that nothing and no bytes differ. */
    static String hex(ByteSequence bytes) {
        return bytes == null ? "-" : "x" + HexFormat.of().formatHex(bytes.data, bytes.offset, bytes.offset + bytes.length);
    }

    /** Says what is in the message, and puts the same into `own` by the application's interface. */
    static String found(ActiveMQMessage message, ActiveMQMessage own) throws Exception {
        StringBuilder said = new StringBuilder("{\"body\":");
        if (message instanceof ActiveMQTextMessage) {
            String text = ((ActiveMQTextMessage) message).getText();
            ((ActiveMQTextMessage) own).setText(text);
            print(said, text);
        } else if (message instanceof ActiveMQBytesMessage) {
            byte[] content = new byte[(int) ((ActiveMQBytesMessage) message).getBodyLength()];
            ((ActiveMQBytesMessage) message).readBytes(content);
            ((ActiveMQBytesMessage) own).writeBytes(content);
            print(said, content);
        } else if (message instanceof ActiveMQMapMessage) {
            Map<String, Object> map = new TreeMap<>();
            for (Object name : Collections.list(((ActiveMQMapMessage) message).getMapNames())) {
                Object value = ((ActiveMQMapMessage) message).getObject((String) name);
                map.put((String) name, value);
                ((ActiveMQMapMessage) own).setObject((String) name, value);
            }
            print(said, map);
        } else if (message instanceof ActiveMQStreamMessage) {
            List<Object> values = new ArrayList<>();
            try {
                while (true) values.add(((ActiveMQStreamMessage) message).readObject());
            } catch (MessageEOFException end) {
                for (Object value : values) ((ActiveMQStreamMessage) own).writeObject(value);
            }
            print(said, values);
        } else said.append("null");
        said.append(",\"properties\":");
        Map<String, Object> properties = new TreeMap<>();
        for (String name : message.getProperties().keySet()) {
            Object value = message.getObjectProperty(name);
            properties.put(name, value);
            own.setObjectProperty(name, value);
        }
        print(said, properties);
        return said.append('}').toString();
    }

    /** A value as `{"kind": its class, "value": ...}`, without spaces. */
    static void print(StringBuilder said, Object value) {
        if (value == null) {
            said.append("{\"kind\":\"null\"}");
            return;
        }
        String kind = value instanceof byte[] ? "bytes" : value instanceof Map ? "map" : value instanceof List ? "list"
            : value instanceof Character ? "char" : value instanceof Integer ? "int" : value instanceof UTF8Buffer ? "string"
            : value.getClass().getSimpleName().toLowerCase();
        said.append("{\"kind\":\"").append(kind).append("\",\"value\":");
        String comma = "";
        if (value instanceof byte[]) said.append('"').append(HexFormat.of().formatHex((byte[]) value)).append('"');
        else if (value instanceof Map) {
            said.append('{');
            for (Map.Entry<?, ?> each : new TreeMap<>((Map<?, ?>) value).entrySet()) {
                said.append(comma);
                printText(said, (String) each.getKey());
                said.append(':');
                print(said, each.getValue());
                comma = ",";
            }
            said.append('}');
        } else if (value instanceof List) {
            said.append('[');
            for (Object each : (List<?>) value) {
                said.append(comma);
                print(said, each);
                comma = ",";
            }
            said.append(']');
        } else if (value instanceof Double) printText(said, Long.toHexString(Double.doubleToLongBits((Double) value)));
        else if (value instanceof Float) printText(said, Integer.toHexString(Float.floatToIntBits((Float) value)));
        else printText(said, value.toString());
        said.append('}');
    }

    static void printText(StringBuilder said, String text) {
        said.append('"');
        for (char unit : text.toCharArray())
            if (unit <= 0x20 || unit > 0x7e || unit == '"' || unit == '\\') said.append(String.format("\\u%04x", (int) unit));
            else said.append(unit);
        said.append('"');
    }
}
