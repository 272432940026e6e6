import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.Destination;
import javax.jms.JMSException;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageEOFException;
import javax.jms.MessageProducer;
import javax.jms.ObjectMessage;
import javax.jms.Session;
import javax.jms.StreamMessage;
import javax.jms.TextMessage;
import javax.jms.Topic;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQDestination;

/**
 * The stock client, driven by lines: `connect URL`, `consume NAME DESTINATION SELECTOR DURABLE`, `close NAME`, `respond DESTINATION`,
 * `request DESTINATION TEXT`, `send DESTINATION KIND WORD…`. Each is answered with DONE, ANSWER or FAILED; what comes in is told as
 * `MESSAGE NAME KIND WORD…`. Words are `h:NAME=VALUE` (headers), `p:NAME=VALUE` (properties), `b:NAME=VALUE` (the body, piece by piece).
 */
public class Peer {
  private static final int PATIENCE = 10_000;
  private static PrintStream out;
  private static Connection connection;
  private static Session session;
  private static MessageProducer producer;
  private static final Map<String, Session> sessions = new HashMap<>();

  public static void main(String[] arguments) throws Exception {
    out = new PrintStream(System.out, true, "UTF-8");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      try {
        say(obey(words));
      } catch (Exception error) {
        say("FAILED " + error);
      }
    }
    System.exit(0);
  }

  private static synchronized void say(String line) {
    out.println(line);
  }

  private static String obey(String[] words) throws JMSException {
    switch (words[0]) {
      case "connect":
        if (connection != null) connection.close();
        sessions.clear();
        connection = new ActiveMQConnectionFactory(words[1]).createConnection();
        connection.start();
        session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        producer = session.createProducer(null);
        return "DONE";
      case "consume":
        consume(words[1], destination(words[2]), Words.text(words[3], 0), Words.text(words[4], 0));
        return "DONE";
      case "close":
        sessions.remove(words[1]).close();
        return "DONE";
      case "respond":
        respond(destination(words[1]));
        return "DONE";
      case "request":
        return "ANSWER " + request(destination(words[1]), Words.text(words[2], 0));
      case "send":
        send(destination(words[1]), words);
        return "DONE";
      default:
        throw new IllegalArgumentException(words[0]);
    }
  }

  private static Destination destination(String name) {
    return ActiveMQDestination.createDestination(name, ActiveMQDestination.QUEUE_TYPE);
  }

  private static void consume(String name, Destination from, String selector, String durable)
      throws JMSException {
    Session own = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    sessions.put(name, own);
    MessageConsumer consumer =
        durable == null
            ? own.createConsumer(from, selector)
            : own.createDurableSubscriber((Topic) from, durable, selector, false);
    consumer.setMessageListener(message -> {
      try {
        say("MESSAGE " + name + " " + tell(message));
      } catch (Exception error) {
        say("MESSAGE " + name + " unreadable " + error);
      }
    });
  }

  private static void respond(Destination at) throws JMSException {
    Session own = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    MessageProducer answers = own.createProducer(null);
    own.createConsumer(at).setMessageListener(message -> {
      try {
        TextMessage answer = own.createTextMessage("answer to " + ((TextMessage) message).getText());
        answer.setJMSCorrelationID(message.getJMSCorrelationID());
        answers.send(message.getJMSReplyTo(), answer);
      } catch (JMSException error) {
        say("FAILED " + error);
      }
    });
  }

  private static String request(Destination at, String text) throws JMSException {
    Session own = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    Destination answers = own.createTemporaryQueue();
    MessageConsumer consumer = own.createConsumer(answers);
    TextMessage request = own.createTextMessage(text);
    request.setJMSReplyTo(answers);
    request.setJMSCorrelationID("asked by Java");
    producer.send(at, request);
    Message answer = consumer.receive(PATIENCE);
    String told = answer == null ? "nothing" : tell(answer);
    own.close();
    return told;
  }

  private static void send(Destination to, String[] words) throws JMSException {
    Message message = empty(words[2]);
    int mode = DeliveryMode.NON_PERSISTENT;
    int priority = Message.DEFAULT_PRIORITY;
    long timeToLive = 0;
    for (int at = 3; at < words.length; at++) {
      int equals = words[at].indexOf('=');
      String name = words[at].substring(2, equals);
      Object value = Words.value(words[at].substring(equals + 1));
      if (words[at].startsWith("p:")) message.setObjectProperty(name, value);
      else if (words[at].startsWith("b:")) put(message, name, value);
      else if (name.equals("JMSType")) message.setJMSType((String) value);
      else if (name.equals("JMSCorrelationID")) message.setJMSCorrelationID((String) value);
      else if (name.equals("JMSReplyTo")) message.setJMSReplyTo(destination((String) value));
      else if (name.equals("JMSDeliveryMode")) mode = (Integer) value;
      else if (name.equals("JMSPriority")) priority = (Integer) value;
      else if (name.equals("timeToLive")) timeToLive = (Long) value;
    }
    producer.send(to, message, mode, priority, timeToLive);
  }

  private static Message empty(String kind) throws JMSException {
    switch (kind) {
      case "text":
        return session.createTextMessage();
      case "bytes":
        return session.createBytesMessage();
      case "map":
        return session.createMapMessage();
      case "stream":
        return session.createStreamMessage();
      case "object":
        return session.createObjectMessage();
      default:
        return session.createMessage();
    }
  }

  private static void put(Message message, String name, Object value) throws JMSException {
    if (message instanceof TextMessage) ((TextMessage) message).setText((String) value);
    else if (message instanceof BytesMessage) ((BytesMessage) message).writeObject(value);
    else if (message instanceof MapMessage) ((MapMessage) message).setObject(name, value);
    else if (message instanceof StreamMessage) ((StreamMessage) message).writeObject(value);
    else ((ObjectMessage) message).setObject((Serializable) value);
  }

  private static String tell(Message message) throws JMSException {
    StringBuilder words = new StringBuilder();
    if (message instanceof TextMessage) {
      words.append("text").append(word('b', "", ((TextMessage) message).getText()));
    } else if (message instanceof BytesMessage) {
      byte[] bytes = new byte[(int) ((BytesMessage) message).getBodyLength()];
      ((BytesMessage) message).readBytes(bytes);
      words.append("bytes").append(word('b', "", bytes));
    } else if (message instanceof MapMessage) {
      MapMessage map = (MapMessage) message;
      words.append("map");
      for (String name : names(map.getMapNames())) words.append(word('b', name, map.getObject(name)));
    } else if (message instanceof StreamMessage) {
      words.append("stream");
      try {
        for (int at = 0; ; at++) words.append(word('b', "" + at, ((StreamMessage) message).readObject()));
      } catch (MessageEOFException end) {
        // All read.
      }
    } else words.append("plain");
    for (String name : names(message.getPropertyNames()))
      words.append(word('p', name, message.getObjectProperty(name)));
    words.append(word('h', "JMSType", message.getJMSType()));
    words.append(word('h', "JMSCorrelationID", message.getJMSCorrelationID()));
    words.append(word('h', "JMSMessageID", message.getJMSMessageID()));
    words.append(word('h', "JMSReplyTo", name(message.getJMSReplyTo())));
    words.append(word('h', "JMSDestination", name(message.getJMSDestination())));
    words.append(word('h', "JMSDeliveryMode", message.getJMSDeliveryMode()));
    words.append(word('h', "JMSPriority", message.getJMSPriority()));
    words.append(word('h', "JMSExpiration", message.getJMSExpiration()));
    words.append(word('h', "JMSTimestamp", message.getJMSTimestamp()));
    words.append(word('h', "JMSRedelivered", message.getJMSRedelivered()));
    for (String field : new String[] {"JMSXGroupID", "JMSXGroupSeq", "JMSXDeliveryCount"})
      words.append(word('h', field, message.getObjectProperty(field)));
    return words.toString();
  }

  private static List<String> names(Enumeration<?> all) {
    List<String> names = new ArrayList<>();
    while (all.hasMoreElements()) names.add((String) all.nextElement());
    return names;
  }

  private static String name(Destination destination) {
    return destination == null ? null : ((ActiveMQDestination) destination).getQualifiedName();
  }

  private static String word(char what, String name, Object value) {
    return " " + what + ":" + name + "=" + Words.value(value);
  }
}
